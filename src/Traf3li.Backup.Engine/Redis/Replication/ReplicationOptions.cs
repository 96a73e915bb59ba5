using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>The limits of a full synchronisation.</summary>
internal sealed record ReplicationOptions
{
    /// <summary>How long all of it may take, from connecting to the last byte.</summary>
    public TimeSpan OverallTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the server may send nothing at all, not even the newline that it sends each second while it prepares.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the server may prepare: wait for a BGSAVE that runs already and for <c>repl-diskless-sync-delay</c>, fork, and, where it is
    /// not diskless, write the whole RDB to its disk.
    /// </summary>
    public TimeSpan ForkTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The limits of the commands before it.</summary>
    public RedisConnectionOptions Connection { get; init; } = new();
}
