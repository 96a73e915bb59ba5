namespace Traf3li.Backup;

/// <summary>A Redis server knows or allows neither PSYNC nor SYNC, as managed services do, and nothing else was to be tried.</summary>
public sealed class ReplicationRefusedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ReplicationRefusedException(string host, string reason, Exception? innerException = null)
        : base(
            "ReplicationRefused",
            $"The server {host} gives no replication stream: {reason}",
            "Leave -Method Replication out: then the keys are read one by one (SCAN), which managed services allow, but not as of one point in time. Or back up a replica that allows replication, or use the service's own export to an RDB.",
            host,
            innerException)
    {
        Host = host;
    }

    /// <summary>The host.</summary>
    public string Host { get; }
}
