namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>What to restore of an RDB, and how.</summary>
internal sealed record RedisRestoreRequest
{
    /// <summary>The longest argument that servers take unless told otherwise, bytes (<c>proto-max-bulk-len</c>).</summary>
    public const long UsualArgument = 512L << 20;

    /// <summary>The keys that are wanted; null takes all.</summary>
    public KeyFilter? Takes { get; init; }

    /// <summary>Told of each key that is wanted, in the order of the RDB, on the thread that reads it. A key that was sent is not yet answered.</summary>
    public KeyDone? KeyDone { get; init; }

    /// <summary>Told of the value of each key that is sent by RESTORE in one piece, on the thread that reads it.</summary>
    public ValueSent? ValueSent { get; init; }

    /// <summary>Told of the code of each library of functions that is loaded.</summary>
    public Action<ReadOnlyMemory<byte>>? FunctionLoaded { get; init; }

    /// <summary>Given the name of a function of which a server says that another library has it, deletes that library; says whether there was one. Null
    /// leaves such a library, and the restore ends.</summary>
    public Func<string, bool>? DeleteOwner { get; init; }

    /// <summary>The databases that had keys before; null asks the target.</summary>
    public IReadOnlySet<int>? FilledDatabases { get; init; }

    /// <summary>Whether to load libraries of functions, in the place of those with the same name.</summary>
    public bool WithFunctions { get; init; } = true;

    /// <summary>How far the server's clock is ahead of this machine's.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Connections to each server; one where there are more than four servers.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>Values that are longer in the RDB, bytes, are rebuilt by ordinary commands in pieces instead of RESTORE, but streams and values of
    /// modules go through a temporary file; 0 rebuilds all.</summary>
    public int LongestPayload { get; init; } = 16 << 20;

    /// <summary>Streams whose payload is longer, bytes, are rebuilt too; at most <see cref="LongestArgument" /> counts.</summary>
    public long LongestStream { get; init; } = UsualArgument;

    /// <summary>The longest argument that the target takes, bytes (<c>proto-max-bulk-len</c>): what has a longer part cannot be written.</summary>
    public long LongestArgument { get; init; } = UsualArgument;

    /// <summary>Whether a key has expired by the server's clock.</summary>
    /// <param name="expiresAt">When it expires, milliseconds since 1970; null for never.</param>
    /// <param name="time">This machine's clock.</param>
    public bool HasExpired(long? expiresAt, TimeProvider time) => expiresAt is { } at && at <= (time.GetUtcNow() + ClockOffset).ToUnixTimeMilliseconds();
}
