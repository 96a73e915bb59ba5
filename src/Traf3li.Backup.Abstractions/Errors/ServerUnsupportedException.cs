namespace Traf3li.Backup;

/// <summary>The database server is of a version, or has a feature, that cannot be handled.</summary>
public sealed class ServerUnsupportedException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public ServerUnsupportedException(string host, string reason, Exception? innerException = null, string? recommendation = null)
        : base("ServerUnsupported", $"The server {host} cannot be used: {reason}", recommendation ?? "Use a server of version 4.4 or newer, or the way out that the message names.", host, innerException)
    {
        Host = host;
    }

    /// <summary>The host or hosts.</summary>
    public string Host { get; }
}
