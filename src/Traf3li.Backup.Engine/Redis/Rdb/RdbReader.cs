using System.Buffers.Binary;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Reads an RDB of Redis (versions 1 to 13) or Valkey (also 80) once, from the front, in bounded memory: a window of 1 MiB, 72 KiB for what is
/// compressed, and the key. Everything is checked on the way: structures within values too, and the checksum at the end.
/// <para>
/// <see cref="Read" /> goes from record to record. At a <see cref="RdbRecord.Key" /> the value can be taken once: passed over, given to a
/// visitor, copied, or had as bytes. Nothing is allocated for a key whose value is passed over or had as bytes.
/// </para>
/// <para>
/// It waits for its stream, so it belongs on a thread of its own: <see cref="RunAsync" />. Spans hold until the next call.
/// </para>
/// </summary>
internal sealed class RdbReader
{
    /// <summary>The size of the window, bytes, unless another is asked for.</summary>
    public const int DefaultWindow = 1 << 20;

    private const int MostMetadata = 1 << 20;

    private readonly RdbPlace _place;
    private readonly StreamWindow _window;
    private readonly RdbPrimitives _primitives;
    private readonly ValueParser _values;
    private readonly bool _wholeStream;
    private byte[] _prefix = new byte[1];
    private int _prefixLength;
    private bool _atValue;

    /// <summary>Begins an RDB and reads its header.</summary>
    /// <param name="stream">Begins with the magic. It is not closed.</param>
    /// <param name="name">Names the RDB in errors: its key or path.</param>
    /// <param name="windowSize">The size of the window, bytes.</param>
    /// <param name="wholeStream">Whether bytes behind the end are an error. Else the stream is not looked at again once the end is there, though
    /// more of it may have been read.</param>
    /// <param name="cancellationToken">Ends waiting for the header.</param>
    /// <exception cref="RdbCorruptException">It is no RDB.</exception>
    /// <exception cref="RdbUnsupportedException">It is of a version that is not known.</exception>
    public RdbReader(Stream stream, string name, int windowSize = DefaultWindow, bool wholeStream = true, CancellationToken cancellationToken = default)
    {
        _wholeStream = wholeStream;
        _place = new RdbPlace(name);
        _window = new StreamWindow(stream, _place, windowSize) { Cancellation = cancellationToken };
        _primitives = new RdbPrimitives(_window, _place);
        _values = new ValueParser(_window, _primitives, _place);
        Header = RdbHeader.Parse(_window.Peek(RdbHeader.Length)) ?? throw _window.Corrupt("it does not begin as an RDB does");
        _window.Advance(RdbHeader.Length);
        if (!Header.IsKnown)
        {
            throw _place.Unsupported($"its version is {Header}; known are REDIS0001 to {new RdbHeader(RdbDialect.Redis, RdbHeader.NewestRedis)} and {new RdbHeader(RdbDialect.Valkey, RdbHeader.Valkey9)}");
        }
    }

    /// <summary>The dialect and the version.</summary>
    public RdbHeader Header { get; }

    /// <summary>How far it was read, bytes.</summary>
    public long Offset => _window.Offset;

    /// <summary>The name and the text of the last <see cref="RdbRecord.Aux" />.</summary>
    public KeyValuePair<string, string> Aux { get; private set; }

    /// <summary>The code of the last <see cref="RdbRecord.Function" />, as FUNCTION LOAD takes it.</summary>
    public ReadOnlyMemory<byte> Function { get; private set; }

    /// <summary>The module of the last <see cref="RdbRecord.ModuleAux" />.</summary>
    public string ModuleName { get; private set; } = "";

    /// <summary>The number of the database of the keys.</summary>
    public int Database => _place.Database;

    /// <summary>How many keys the database has, says the server.</summary>
    public long ExpectedKeys { get; private set; }

    /// <summary>How many of them expire, says the server.</summary>
    public long ExpectedExpiring { get; private set; }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => _place.Key;

    /// <summary>The key's type and encoding: one of <see cref="RdbType" />.</summary>
    public byte ValueType { get; private set; }

    /// <summary>The key's type, as TYPE would answer.</summary>
    public RdbDataType DataType { get; private set; }

    /// <summary>When the key expires, milliseconds since 1970; null for never.</summary>
    public long? ExpiresAt { get; private set; }

    /// <summary>Seconds since the key was used; null where the server did not say. Never together with <see cref="Frequency" />.</summary>
    public long? IdleSeconds { get; private set; }

    /// <summary>The server's logarithmic counter of the key's uses; null where it did not say.</summary>
    public byte? Frequency { get; private set; }

    /// <summary>How many bytes stand before the value in a payload of RESTORE: the type's, and before it what modules keep of the key (Redis 8.6).</summary>
    public int PrefixLength => _prefixLength;

    /// <summary>Whether modules keep metadata of the key, which only the payload of RESTORE carries.</summary>
    public bool HasMetadata => _prefixLength > 1;

    /// <summary>The least RDB version whose servers can take the value by RESTORE.</summary>
    public int LeastVersion => _prefixLength > 1 ? RdbHeader.NewestRedis : RdbType.LeastVersion(ValueType, Header.Dialect);

    /// <summary>What the checksum said; known after <see cref="RdbRecord.End" />.</summary>
    public RdbChecksum Checksum { get; private set; }

    /// <summary>Reads an RDB on a thread of its own.</summary>
    /// <param name="stream">Begins with the magic and ends with the RDB. It is not closed.</param>
    /// <param name="name">Names the RDB in errors: its key or path.</param>
    /// <param name="use">Reads; it is to pass the token on to <see cref="Read" />.</param>
    /// <param name="cancellationToken">Ends waiting for the header.</param>
    public static Task<T> RunAsync<T>(Stream stream, string name, Func<RdbReader, T> use, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => use(new RdbReader(stream, name, cancellationToken: cancellationToken)), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Goes to the next record, past the value that was not taken.</summary>
    /// <param name="cancellationToken">Ends waiting for the stream, now and for the value.</param>
    /// <exception cref="RdbCorruptException">The RDB is damaged, cut off, or its checksum is wrong.</exception>
    /// <exception cref="RdbUnsupportedException">It holds what no released server reads.</exception>
    public RdbRecord Read(CancellationToken cancellationToken = default)
    {
        _window.Cancellation = cancellationToken;
        if (_atValue)
        {
            SkipValue();
        }

        _place.LeaveKey();
        ExpiresAt = null;
        IdleSeconds = null;
        Frequency = null;
        _prefixLength = 0;
        while (true)
        {
            var opcode = _window.TakeByte();
            switch (opcode)
            {
                case RdbOpcode.ExpiresAtMilliseconds:
                    ExpiresAt = _primitives.ReadTime();
                    break;
                case RdbOpcode.ExpiresAtSeconds:
                    ExpiresAt = BinaryPrimitives.ReadInt32LittleEndian(_window.Take(sizeof(int))) * 1000L;
                    break;
                case RdbOpcode.Idle:
                    IdleSeconds = _primitives.ReadCount();
                    Frequency = null;
                    break;
                case RdbOpcode.Frequency:
                    Frequency = _window.TakeByte();
                    IdleSeconds = null;
                    break;
                case RdbOpcode.RedisKeyMetadata when Header.Dialect == RdbDialect.Redis && Header.Version >= RdbHeader.NewestRedis:
                    ReadKeyMetadata();
                    break;
                case RdbOpcode.End:
                    ReadEnd();
                    return RdbRecord.End;
                default:
                    return opcode < RdbOpcode.ValkeySlotImport ? ReadKey(opcode) : ReadOther(opcode);
            }
        }
    }

    /// <summary>The error of something at this place that is beyond a limit.</summary>
    public RdbUnsupportedException Unsupported(string reason) => _place.Unsupported(reason);

    /// <summary>Passes over the value, checking it.</summary>
    public RdbValueFacts SkipValue() => Take(null);

    /// <summary>Gives the value to a visitor element by element.</summary>
    public RdbValueFacts DecodeValue(RdbVisitor visitor) => Take(visitor);

    /// <summary>
    /// Copies type, value and footer to a stream, as RESTORE takes them, while they are checked; of a damaged value the beginning was
    /// written. How long it is, is known only then: where it must be known before, <see cref="TryReadRaw" />.
    /// </summary>
    /// <param name="destination">Gets the bytes in pieces of at most the window's size.</param>
    /// <param name="version">The RDB version for the footer, at least <see cref="LeastVersion" />.</param>
    public RdbValueFacts CopyPayload(Stream destination, int version)
    {
        using var summed = new SummedStream(destination);
        summed.Write(_prefix.AsSpan(0, _prefixLength));
        _window.BeginCopy(summed);
        var facts = Take(null);
        _window.EndCopy();
        Span<byte> footer = stackalloc byte[RdbPayload.FooterLength];
        RdbPayload.WriteFooter(footer, version, summed.Crc);
        destination.Write(footer);
        return facts;
    }

    /// <summary>Reads the value into memory in one piece, unless it is longer than a limit: then it can still be taken in any other way.</summary>
    /// <param name="limit">Bytes; the window grows up to this and a little more.</param>
    /// <param name="raw">The value; it holds until the next call.</param>
    /// <param name="facts">What was seen of it.</param>
    public bool TryReadRaw(int limit, out RdbRawValue raw, out RdbValueFacts facts)
    {
        _window.SetMark(limit);
        try
        {
            facts = Take(null);
            if (facts.Bytes <= limit)
            {
                raw = new RdbRawValue(_prefix.AsSpan(0, _prefixLength), _window.Marked);
                _window.ClearMark();
                return true;
            }
        }
        catch (StreamWindow.MarkPassedException)
        {
            facts = default;
        }

        _window.Rewind();
        _atValue = true;
        raw = default;
        return false;
    }

    private RdbValueFacts Take(RdbVisitor? visitor)
    {
        if (!_atValue)
        {
            throw new InvalidOperationException("There is no value, or it was taken.");
        }

        _atValue = false;
        var start = _window.Offset;
        var elements = _values.Parse(ValueType, Header.Dialect, visitor);
        return new RdbValueFacts(elements, _window.Offset - start);
    }

    private RdbRecord ReadKey(byte type)
    {
        if (RdbType.DataTypeOf(type, Header.Dialect) is not { } dataType || IsFromTheFuture(type))
        {
            throw _window.Corrupt($"there is no type or opcode {type} in {Header}");
        }

        ValueType = type;
        DataType = dataType;
        if (_prefixLength == _prefix.Length)
        {
            Array.Resize(ref _prefix, _prefixLength + 1);
        }

        _prefix[_prefixLength++] = type;
        _primitives.ReadKey();
        _atValue = true;
        return RdbRecord.Key;
    }

    /// <summary>Types from 22 on mean nothing in versions that are older than they; older types were read by any server.</summary>
    private bool IsFromTheFuture(byte type) => type >= RdbType.RedisHashMetadataPreRelease && RdbType.LeastVersion(type, Header.Dialect) > Header.Version;

    private RdbRecord ReadOther(byte opcode)
    {
        switch (opcode)
        {
            case RdbOpcode.Aux:
                var name = Encoding.UTF8.GetString(_primitives.ReadName());
                Aux = new KeyValuePair<string, string>(name, Encoding.UTF8.GetString(_primitives.ReadName()));
                return RdbRecord.Aux;
            case RdbOpcode.SelectDatabase:
                var database = _primitives.ReadCount();
                _place.Database = database <= int.MaxValue ? (int)database : throw _window.Corrupt($"there is no database {database}");
                return RdbRecord.Database;
            case RdbOpcode.ResizeDatabase:
                ExpectedKeys = _primitives.ReadCount();
                ExpectedExpiring = _primitives.ReadCount();
                return RdbRecord.DatabaseSize;
            case RdbOpcode.Function:
                Function = _primitives.ReadName().ToArray();
                return RdbRecord.Function;
            case RdbOpcode.FunctionPreRelease:
                throw _place.Unsupported("it has functions in the form of a release candidate of Redis 7.0 (opcode 246), which no released server reads");
            case RdbOpcode.ModuleAux:
                ModuleName = _values.Modules.ParseAux();
                return RdbRecord.ModuleAux;
            case RdbOpcode.SlotInfo:
                _primitives.ReadCount();
                _primitives.ReadCount();
                _primitives.ReadCount();
                return RdbRecord.SlotInfo;
            case RdbOpcode.ValkeySlotImport when Header.Dialect == RdbDialect.Valkey:
                _primitives.ReadName();
                for (var ranges = _primitives.ReadCount(); ranges > 0; ranges--)
                {
                    _primitives.ReadCount();
                    _primitives.ReadCount();
                }

                return RdbRecord.SlotImport;
            default:
                throw _window.Corrupt($"there is no type or opcode {opcode} in {Header}");
        }
    }

    /// <summary>
    /// Redis 8.6: how many modules have something to say of the key; for each four bytes that name it, and its items (keymeta.c). It stands before
    /// the type in a payload too, so it is kept as it is.
    /// </summary>
    private void ReadKeyMetadata()
    {
        _window.SetMark(MostMetadata);
        try
        {
            for (var classes = _primitives.ReadCount(); classes > 0; classes--)
            {
                _window.Skip(sizeof(uint));
                _values.Modules.SkipItems();
            }
        }
        catch (StreamWindow.MarkPassedException)
        {
            throw _place.Unsupported($"the metadata of a key has more than {MostMetadata} bytes");
        }

        var metadata = _window.Marked;
        _prefixLength = metadata.Length + 1;
        if (_prefix.Length <= _prefixLength)
        {
            _prefix = new byte[_prefixLength + 1];
        }

        _prefix[0] = RdbOpcode.RedisKeyMetadata;
        metadata.CopyTo(_prefix.AsSpan(1));
        _window.ClearMark();
    }

    private void ReadEnd()
    {
        if (Header.Version < RdbHeader.FirstWithChecksum)
        {
            Checksum = RdbChecksum.Absent;
        }
        else
        {
            var actual = _window.Crc;
            var expected = BinaryPrimitives.ReadUInt64LittleEndian(_window.Take(sizeof(ulong)));
            if (expected != 0 && expected != actual)
            {
                throw _window.Corrupt($"its checksum is {actual:x16}, and it says {expected:x16}");
            }

            Checksum = expected == 0 ? RdbChecksum.Disabled : RdbChecksum.Right;
        }

        if (_wholeStream && _window.HasMore())
        {
            throw _window.Corrupt("it goes on behind its end");
        }
    }
}
