namespace Traf3li.Backup;

/// <summary>Restored or stored data is not what the backup recorded.</summary>
public sealed class VerificationFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public VerificationFailedException(string item, string reason, Exception? innerException = null)
        : base("VerificationFailed", $"{item} is not what the backup recorded: {reason}", "Live data was not touched. Restore from another backup, and test this one with Test-Traf3liBackup -Depth Full.", item, innerException)
    {
        Item = item;
    }

    /// <summary>The namespace or object.</summary>
    public string Item { get; }
}
