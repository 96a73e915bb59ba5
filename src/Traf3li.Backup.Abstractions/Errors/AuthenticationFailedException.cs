namespace Traf3li.Backup;

/// <summary>The database server refused user name or password.</summary>
public sealed class AuthenticationFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public AuthenticationFailedException(string host, string reason, Exception? innerException = null)
        : base("AuthenticationFailed", $"The server {host} refused the login: {reason}", "Check user name, password and authSource of the connection string; -Credential replaces the first two.", host, innerException)
    {
        Host = host;
    }

    /// <summary>The host or hosts.</summary>
    public string Host { get; }
}
