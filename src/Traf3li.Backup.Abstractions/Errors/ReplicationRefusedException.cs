namespace Traf3li.Backup;

/// <summary>A Redis server knows or allows neither PSYNC nor SYNC, as managed services do; its keys can only be read one by one.</summary>
public sealed class ReplicationRefusedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ReplicationRefusedException(string host, string reason, Exception? innerException = null)
        : base(
            "ReplicationRefused",
            $"The server {host} gives no replication stream: {reason}",
            "Managed services block replication, which a backup needs here. Back up a replica outside the service that allows it, or use the service's own export to an RDB.",
            host,
            innerException)
    {
        Host = host;
    }

    /// <summary>The host.</summary>
    public string Host { get; }
}
