using System.Globalization;
using System.Text.Unicode;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>One connection of a restore. Its replies are all to be good: the first error ends it, and names the key.</summary>
internal sealed class RestoreLane : IRespHandler, IAsyncDisposable
{
    /// <summary>The most commands under way, a power of two.</summary>
    public const int MostCommands = 8192;

    private const int CommandBits = 5;
    private const int SlotBits = 13;
    private const int ShownBytes = 65;
    private const int SlotSize = ShownBytes + sizeof(int) + 1;

    private readonly RedisPipeline _pipeline;
    private readonly long _longestArgument;
    private readonly byte[] _slots = new byte[MostCommands * SlotSize];
    private int _database;
    private int _slot;
    private long _lastWithoutPending = -1;

    private RestoreLane(RedisPipeline pipeline, long longestArgument)
    {
        _pipeline = pipeline;
        _longestArgument = longestArgument;
    }

    /// <summary>The server.</summary>
    public RedisNode Node => _pipeline.Node;

    /// <summary>Keys that the target had; of use when all is answered.</summary>
    public KeyTally Replaced { get; } = new();

    /// <summary>Keys with pending entries that could not be made; of use when all is answered.</summary>
    public KeyTally WithoutPending { get; } = new();

    /// <summary>The pending entries that could not be made.</summary>
    public long LostPending { get; private set; }

    /// <summary>The error of a library that another one stands in the way of; null when the last was loaded.</summary>
    public string? LibraryRefusal { get; private set; }

    /// <summary>Connects.</summary>
    /// <param name="node">The server.</param>
    /// <param name="longestArgument">The longest argument that it takes, bytes.</param>
    /// <param name="options">The limits of the connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting for this, and later all waiting.</param>
    public static async Task<RestoreLane> OpenAsync(
        RedisNode node, long longestArgument, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var pipeline = await RedisPipeline.OpenAsync(
            node with { Database = 0 }, options with { MostUnansweredCommands = MostCommands - 1 }, time, cancellationToken).ConfigureAwait(false);
        pipeline.Cancellation = cancellationToken;
        return new RestoreLane(pipeline, longestArgument);
    }

    /// <summary>Begins a key: what follows is about it.</summary>
    public void BeginKey(int database, ReadOnlySpan<byte> key)
    {
        // A key has at least one command, so the ring of keys never overtakes the ring of commands.
        _slot = (_slot + 1) & (MostCommands - 1);
        var slot = _slots.AsSpan(_slot * SlotSize, SlotSize);
        var shown = Math.Min(key.Length, ShownBytes);
        BitConverter.TryWriteBytes(slot, database);
        slot[sizeof(int)] = (byte)shown;
        key[..shown].CopyTo(slot[(sizeof(int) + 1)..]);
        if (database != _database)
        {
            _database = database;
            Begin(RestoreCommand.Select, 1);
            Argument(database);
        }
    }

    /// <summary>Begins a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">How many arguments follow.</param>
    /// <param name="expected">What the reply is compared with, where the command has one that matters.</param>
    public void Begin(RestoreCommand command, long arguments, int expected = 0)
    {
        var words = RestoreCommands.WordsOf(command);
        _pipeline.BeginCommand(checked((int)(words.Length + arguments)), this, ((long)expected << (CommandBits + SlotBits)) | ((long)_slot << CommandBits) | (long)command);
        foreach (var word in words)
        {
            _pipeline.Argument(word);
        }
    }

    /// <summary>An argument.</summary>
    public void Argument(scoped ReadOnlySpan<byte> bytes) => _pipeline.Argument(bytes);

    /// <summary>An argument that is a number.</summary>
    public void Argument(long number) => _pipeline.Argument(number);

    /// <summary>An argument that is the id of an entry of a stream.</summary>
    public void Argument(RdbStreamId id)
    {
        Span<byte> text = stackalloc byte[64];
        Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{id.Milliseconds}-{id.Sequence}", out var length);
        _pipeline.Argument(text[..length]);
    }

    /// <summary>Begins an argument that comes in pieces.</summary>
    /// <param name="length">Its length, bytes.</param>
    /// <exception cref="ServerUnsupportedException">The server takes no argument so long; it would close the connection.</exception>
    public void BeginArgument(long length)
    {
        if (length > _longestArgument)
        {
            throw new ServerUnsupportedException(
                Node.Endpoint.ToString(),
                FormattableString.Invariant(
                    $"{KeyTally.Name(DatabaseOf((long)_slot << CommandBits), KeyOf((long)_slot << CommandBits))} has {length:#,0} bytes in one piece, and the server takes at most {_longestArgument:#,0} (proto-max-bulk-len)."),
                recommendation: "Raise proto-max-bulk-len of the server (CONFIG SET), or leave the key out with -KeyPattern.");
        }

        _pipeline.BeginArgument(length);
    }

    /// <summary>A piece of it.</summary>
    public void Piece(scoped ReadOnlySpan<byte> bytes) => _pipeline.Piece(bytes);

    /// <summary>Restores the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="raw">Its value.</param>
    /// <param name="version">The version for the footer.</param>
    /// <param name="attributes">Its expiry and use.</param>
    public void Restore(ReadOnlySpan<byte> key, in RdbRawValue raw, int version, in RdbKeyAttributes attributes)
    {
        BeginRestore(key, attributes);
        if (_pipeline.TryArgument(raw.PayloadLength, out var bytes))
        {
            raw.WritePayload(bytes, version);
        }
        else
        {
            Span<byte> footer = stackalloc byte[RdbPayload.FooterLength];
            RdbPayload.WriteFooter(footer, version, Crc64Jones.Append(Crc64Jones.Append(0, raw.Prefix), raw.Value));
            BeginArgument(raw.PayloadLength);
            _pipeline.Piece(raw.Prefix);
            _pipeline.Piece(raw.Value);
            _pipeline.Piece(footer);
        }

        EndRestore(attributes);
    }

    /// <summary>Restores the key from a payload that was put aside.</summary>
    public void Restore(ReadOnlySpan<byte> key, SpillStream payload, in RdbKeyAttributes attributes)
    {
        BeginRestore(key, attributes);
        BeginArgument(payload.Length);
        payload.CopyTo(_pipeline.Piece);
        EndRestore(attributes);
    }

    /// <summary>Sends what was gathered and waits until everything is answered.</summary>
    public void Drain() => _pipeline.Drain();

    /// <inheritdoc />
    public void OnReply(long tag, RespValue reply)
    {
        var command = (RestoreCommand)(tag & ((1 << CommandBits) - 1));
        if (command == RestoreCommand.FunctionLoad)
        {
            LibraryRefusal = reply.IsError && RestoredFunctions.FunctionInTheWay(reply.Text) is not null ? reply.Text : null;
        }

        if (reply.IsError && (command != RestoreCommand.FunctionLoad || LibraryRefusal is null))
        {
            throw Refusal(command, tag, reply.Text);
        }

        switch (command)
        {
            case RestoreCommand.Exists or RestoreCommand.Delete when reply.Integer > 0:
                Replaced.Add(DatabaseOf(tag), KeyOf(tag));
                break;
            case RestoreCommand.XClaim when (tag >> (CommandBits + SlotBits)) - reply.Items.Count is var lost and > 0:
                LostPending += lost;
                var slot = tag >> CommandBits & (MostCommands - 1);
                if (slot != _lastWithoutPending)
                {
                    _lastWithoutPending = slot;
                    WithoutPending.Add(DatabaseOf(tag), KeyOf(tag));
                }

                break;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    private void BeginRestore(ReadOnlySpan<byte> key, in RdbKeyAttributes attributes)
    {
        var options = (attributes.ExpiresAt is null ? 0 : 1) + (attributes.IdleSeconds is null && attributes.Frequency is null ? 0 : 2);
        Begin(RestoreCommand.Restore, 4 + options);
        _pipeline.Argument(key);
        _pipeline.Argument(attributes.ExpiresAt ?? 0);
    }

    private void EndRestore(in RdbKeyAttributes attributes)
    {
        _pipeline.Argument("REPLACE"u8);
        if (attributes.ExpiresAt is not null)
        {
            _pipeline.Argument("ABSTTL"u8);
        }

        if (attributes.IdleSeconds is { } idle)
        {
            _pipeline.Argument("IDLETIME"u8);
            _pipeline.Argument(idle);
        }
        else if (attributes.Frequency is { } frequency)
        {
            _pipeline.Argument("FREQ"u8);
            _pipeline.Argument(frequency);
        }
    }

    private int DatabaseOf(long tag) => BitConverter.ToInt32(SlotOf(tag));

    private ReadOnlySpan<byte> KeyOf(long tag) => SlotOf(tag).Slice(sizeof(int) + 1, SlotOf(tag)[sizeof(int)]);

    private ReadOnlySpan<byte> SlotOf(long tag) => _slots.AsSpan((int)(tag >> CommandBits & (MostCommands - 1)) * SlotSize, SlotSize);

    private BackupException Refusal(RestoreCommand command, long tag, string error)
    {
        var name = RestoreCommands.NameOf(command);
        var translated = RedisErrors.Translate(error, Node, name);
        return translated is ServerFailedException { Reason: var reason } failed && command is not (RestoreCommand.FunctionLoad or RestoreCommand.Select)
            ? new ServerFailedException($"{name} of {KeyTally.Name(DatabaseOf(tag), KeyOf(tag))}", failed.Resource, reason, recommendation: failed.Recommendation)
            : translated;
    }
}
