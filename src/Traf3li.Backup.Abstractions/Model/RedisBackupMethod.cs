namespace Traf3li.Backup;

/// <summary>How a Redis server is read.</summary>
public enum RedisBackupMethod
{
    /// <summary>As a replica would: the server makes an RDB of one moment and sends it.</summary>
    Replication,
}
