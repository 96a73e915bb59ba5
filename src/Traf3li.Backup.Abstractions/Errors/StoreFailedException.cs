namespace Traf3li.Backup;

/// <summary>The destination answered with an error that has no meaning of its own here.</summary>
public sealed class StoreFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public StoreFailedException(string action, string resource, string reason, Exception? innerException = null)
        : base("StoreFailed", $"{action} on {resource} failed: {reason}", "Run the command again with -Verbose; when it fails again, look the store's own message up.", resource, innerException)
    {
        Action = action;
        Resource = resource;
    }

    /// <summary>What was tried.</summary>
    public string Action { get; }
    /// <summary>On what.</summary>
    public string Resource { get; }
}
