namespace Traf3li.Backup;

/// <summary>How a Redis server is read.</summary>
public enum RedisBackupMethod
{
    /// <summary>By replication, and key by key where the server or the user's rights refuse that. Only asked for, never recorded.</summary>
    Auto,

    /// <summary>As a replica would: the server makes an RDB of one moment and sends it.</summary>
    Replication,

    /// <summary>Key by key (SCAN and DUMP), each as it is at a moment of its own: for servers that refuse replication.</summary>
    Scan,
}
