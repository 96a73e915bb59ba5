namespace Traf3li.Backup;

/// <summary>The database server answered with an error that has no meaning of its own here.</summary>
public sealed class ServerFailedException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public ServerFailedException(string action, string resource, string reason, Exception? innerException = null, string? recommendation = null)
        : base("ServerFailed", $"{action} on {resource} failed: {reason}", recommendation ?? "Run the command again with -Verbose; the server's log has the details.", resource, innerException)
    {
        Action = action;
        Resource = resource;
        Reason = reason;
    }

    /// <summary>What was tried.</summary>
    public string Action { get; }
    /// <summary>On what.</summary>
    public string Resource { get; }

    /// <summary>The server's own words.</summary>
    public string Reason { get; }
}
