namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The limits of a connection for commands.</summary>
internal sealed record RedisConnectionOptions
{
    /// <summary>How long name resolution, connection and TLS handshake may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one command may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest reply taken, bytes. CLUSTER SLOTS of a thousand nodes is below 1 MiB.</summary>
    public int LargestReply { get; init; } = 16 << 20;

    /// <summary>The size of the buffer that is read into, bytes; at least twice <see cref="RespReader.LongestLine" />.</summary>
    public int BufferSize { get; init; } = 64 << 10;

    /// <summary>Whether the connection is for a bulk transfer that a thread of its own reads (<see cref="BlockingSocketStream" />).</summary>
    public bool IsBulk { get; init; }

    /// <summary>How long a pipeline waits while commands are unanswered and nothing moves.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After so long without a command a pipeline sends one, because servers may close idle connections (<c>timeout</c>).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes of commands that a pipeline has unanswered before it waits; one longer command still passes.</summary>
    public long MostUnansweredBytes { get; init; } = 8 << 20;

    /// <summary>The most commands that a pipeline has unanswered before it waits.</summary>
    public int MostUnansweredCommands { get; init; } = 10_000;
}
