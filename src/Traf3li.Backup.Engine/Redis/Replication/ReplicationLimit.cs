namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>Which limit of a synchronisation ran out.</summary>
internal enum ReplicationLimit
{
    /// <summary>None.</summary>
    None,

    /// <summary><see cref="ReplicationOptions.OverallTimeout" />.</summary>
    Overall,

    /// <summary><see cref="ReplicationOptions.IdleTimeout" />.</summary>
    Idle,

    /// <summary><see cref="ReplicationOptions.ForkTimeout" />.</summary>
    Fork,
}
