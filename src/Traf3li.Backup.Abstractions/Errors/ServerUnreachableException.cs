namespace Traf3li.Backup;

/// <summary>The database server did not answer.</summary>
public sealed class ServerUnreachableException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public ServerUnreachableException(string host, string reason, Exception? innerException = null, string? recommendation = null)
        : base("ServerUnreachable", $"The server {host} cannot be reached: {reason}", recommendation ?? "Check host and port of the connection string, that the server runs, and that a firewall lets this machine through.", host, innerException)
    {
        Host = host;
    }

    /// <summary>The host or hosts.</summary>
    public string Host { get; }
}
