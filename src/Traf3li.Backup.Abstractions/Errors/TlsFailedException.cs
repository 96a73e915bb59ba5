namespace Traf3li.Backup;

/// <summary>The encrypted connection could not be made.</summary>
public sealed class TlsFailedException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public TlsFailedException(string host, string reason, Exception? innerException = null, string? recommendation = null)
        : base("TlsFailed", $"No TLS connection to {host}: {reason}", recommendation ?? "Check tls and tlsCAFile of the connection, the name in the certificate and its dates; a server without TLS needs tls=false.", host, innerException)
    {
        Host = host;
    }

    /// <summary>The host or hosts.</summary>
    public string Host { get; }
}
