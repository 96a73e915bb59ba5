using System.Globalization;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Rebuilds a value by ordinary commands in bounded batches: what was there is deleted first, and the expiry comes last. While this goes on a reader
/// sees a part of the value. Elements up to 16 KiB are gathered; a longer one is sent in pieces as it is read.
/// </summary>
/// <param name="abilities">What the target takes.</param>
/// <param name="name">Names the RDB in errors.</param>
internal sealed class ValueRebuilder(RestoreAbilities abilities, string name) : RdbVisitor, IDisposable
{
    private readonly ElementBatch _batch = new();
    private readonly List<double> _scores = [];
    private readonly List<(int Field, long ExpiresAt)> _expiries = [];
    private readonly SpillStream _held = new();
    private readonly StreamRebuilder _streams = new(abilities);
    private byte[] _key = new byte[256];
    private int _keyLength;
    private int _database;
    private RestoreLane _lane = null!;
    private RestoreCommand _command;
    private bool _isStreaming;
    private bool _isHolding;
    private bool _isLongPair;

    /// <summary>What the last value lost.</summary>
    public bool LostExtras { get; private set; }

    /// <summary>Whether the last value is a stream with consumers.</summary>
    public bool HasConsumers => _streams.HasConsumers;

    private ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Rebuilds the reader's value.</summary>
    /// <param name="reader">At a key whose value was not taken, and is no module's.</param>
    /// <param name="expiresAt">When it expires, milliseconds since 1970; null for never.</param>
    /// <param name="lane">Where the key was begun.</param>
    public void Rebuild(RdbReader reader, long? expiresAt, RestoreLane lane)
    {
        _lane = lane;
        _database = reader.Database;
        _keyLength = reader.Key.Length;
        if (_key.Length < _keyLength)
        {
            _key = new byte[_keyLength];
        }

        reader.Key.CopyTo(_key);
        _command = reader.DataType switch
        {
            RdbDataType.List => RestoreCommand.RPush,
            RdbDataType.Set => RestoreCommand.SAdd,
            RdbDataType.SortedSet => RestoreCommand.ZAdd,
            RdbDataType.Hash => RestoreCommand.HSet,
            _ => RestoreCommand.Set,
        };
        lane.Begin(RestoreCommand.Delete, 1);
        lane.Argument(Key);
        _streams.Begin(lane, _key.AsMemory(0, _keyLength), reason => new RdbCorruptException(name, reader.Offset, _database, RdbPlace.Show(Key), reason));
        reader.DecodeValue(reader.DataType == RdbDataType.Stream ? _streams : this);
        _isLongPair = false;
        Flush();
        _streams.End();
        LostExtras = reader.HasMetadata || reader.ValueType == RdbType.StreamListpacks4 || _streams.LostExtras;
        if (expiresAt is { } at)
        {
            lane.Begin(RestoreCommand.PExpireAt, 2);
            lane.Argument(Key);
            lane.Argument(at);
        }
    }

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
    {
        if (_isStreaming || _isHolding)
        {
            Continue(bytes, remaining);
            return;
        }

        var isShort = remaining == 0 && bytes.Length <= ElementBatch.LongestElement;
        switch (part)
        {
            case RdbPart.String:
                BeginSingle(RestoreCommand.Set, 1);
                Stream(bytes, remaining);
                break;
            case RdbPart.ListElement or RdbPart.SetMember:
                Element(bytes, remaining, isShort);
                break;
            case RdbPart.SortedSetMember:
                Member(bytes, remaining, isShort);
                break;
            case RdbPart.HashField:
                Field(bytes, remaining, isShort);
                break;
            default:
                Value(bytes, remaining, isShort);
                break;
        }
    }

    /// <inheritdoc />
    public override void OnScore(double score)
    {
        if (_isLongPair)
        {
            BeginSingle(RestoreCommand.ZAdd, 2);
            Score(score);
            ArgumentHeld();
            _isLongPair = false;
            return;
        }

        _scores.Add(score);
        FlushIfFull();
    }

    /// <inheritdoc />
    public override void OnFieldExpiry(long milliseconds)
    {
        if (!abilities.HasFieldExpiry)
        {
            throw new ServerUnsupportedException(
                abilities.Host,
                $"fields of hashes cannot expire in its version {abilities.Version}, and those of {KeyTally.Name(_database, Key)} do.",
                recommendation: "Restore into Redis 7.4, Valkey 9 or newer, or leave the key out with -KeyPattern.");
        }

        if (!_isLongPair)
        {
            _expiries.Add((_batch.Count - 2, milliseconds));
            return;
        }

        BeginExpiry(milliseconds, 1);
        ArgumentHeld();
    }

    /// <inheritdoc />
    public void Dispose() => _held.Dispose();

    private void Element(ReadOnlySpan<byte> bytes, long remaining, bool isShort)
    {
        if (isShort)
        {
            _batch.Add(bytes);
            FlushIfFull();
            return;
        }

        Flush();
        BeginSingle(_command, 1);
        Stream(bytes, remaining);
    }

    private void Member(ReadOnlySpan<byte> bytes, long remaining, bool isShort)
    {
        if (isShort)
        {
            _batch.Add(bytes);
            return;
        }

        // Its score comes behind it and is sent before it.
        Flush();
        _isLongPair = true;
        Hold(bytes, remaining);
    }

    private void Field(ReadOnlySpan<byte> bytes, long remaining, bool isShort)
    {
        _isLongPair = false;
        FlushIfFull();
        if (isShort)
        {
            _batch.Add(bytes);
            return;
        }

        Flush();
        _isLongPair = true;
        Hold(bytes, remaining);
    }

    private void Value(ReadOnlySpan<byte> bytes, long remaining, bool isShort)
    {
        if (isShort && !_isLongPair)
        {
            _batch.Add(bytes);
            return;
        }

        if (!_isLongPair)
        {
            _held.Clear();
            _held.Write(_batch[_batch.Count - 1]);
            _batch.RemoveLast();
            Flush();
            _isLongPair = true;
        }

        BeginSingle(RestoreCommand.HSet, 2);
        ArgumentHeld();
        Stream(bytes, remaining);
    }

    private void BeginSingle(RestoreCommand command, int arguments)
    {
        _lane.Begin(command, 1 + arguments);
        _lane.Argument(Key);
    }

    private void Stream(ReadOnlySpan<byte> bytes, long remaining)
    {
        _lane.BeginArgument(bytes.Length + remaining);
        _isStreaming = true;
        Continue(bytes, remaining);
    }

    private void Hold(ReadOnlySpan<byte> bytes, long remaining)
    {
        _held.Clear();
        _isHolding = true;
        Continue(bytes, remaining);
    }

    private void Continue(ReadOnlySpan<byte> bytes, long remaining)
    {
        if (_isStreaming)
        {
            _lane.Piece(bytes);
        }
        else
        {
            _held.Write(bytes);
        }

        if (remaining == 0)
        {
            _isStreaming = false;
            _isHolding = false;
        }
    }

    private void ArgumentHeld()
    {
        _lane.BeginArgument(_held.Length);
        _held.CopyTo(_lane.Piece);
    }

    private void FlushIfFull()
    {
        if (_batch.IsFull)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var scored = _command == RestoreCommand.ZAdd;
        BeginSingle(_command, scored ? 2 * _batch.Count : _batch.Count);
        for (var index = 0; index < _batch.Count; index++)
        {
            if (scored)
            {
                Score(_scores[index]);
            }

            _lane.Argument(_batch[index]);
        }

        FlushExpiries();
        _batch.Clear();
        _scores.Clear();
    }

    /// <summary>Neighbours that expire at the same time share a command.</summary>
    private void FlushExpiries()
    {
        for (var first = 0; first < _expiries.Count;)
        {
            var behind = first + 1;
            while (behind < _expiries.Count && _expiries[behind].ExpiresAt == _expiries[first].ExpiresAt)
            {
                behind++;
            }

            BeginExpiry(_expiries[first].ExpiresAt, behind - first);
            for (; first < behind; first++)
            {
                _lane.Argument(_batch[_expiries[first].Field]);
            }
        }

        _expiries.Clear();
    }

    private void BeginExpiry(long milliseconds, int fields)
    {
        BeginSingle(RestoreCommand.HPExpireAt, 3 + fields);
        _lane.Argument(milliseconds);
        _lane.Argument("FIELDS"u8);
        _lane.Argument(fields);
    }

    /// <summary>The shortest digits that are read as the same number, or <c>inf</c> and <c>-inf</c>.</summary>
    private void Score(double score)
    {
        Span<byte> text = stackalloc byte[32];
        if (double.IsInfinity(score))
        {
            _lane.Argument(score > 0 ? "inf"u8 : "-inf"u8);
        }
        else
        {
            score.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
            _lane.Argument(text[..length]);
        }
    }
}
