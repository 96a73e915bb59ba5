namespace Traf3li.Backup;

/// <summary>The database server refused user name or password.</summary>
public sealed class AuthenticationFailedException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public AuthenticationFailedException(string host, string reason, Exception? innerException = null, string? recommendation = null)
        : base("AuthenticationFailed", $"The server {host} refused the login: {reason}", recommendation ?? "Check user name, password and authSource of the connection string; -Credential replaces the first two.", host, innerException)
    {
        Host = host;
    }

    /// <summary>The host or hosts.</summary>
    public string Host { get; }
}
