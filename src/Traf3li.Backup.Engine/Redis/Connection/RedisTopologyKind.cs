namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The kind of a deployment.</summary>
internal enum RedisTopologyKind
{
    /// <summary>One server, with or without replicas.</summary>
    Server,

    /// <summary>A master that Sentinels watch.</summary>
    Sentinel,

    /// <summary>A cluster.</summary>
    Cluster,
}
