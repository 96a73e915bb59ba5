namespace Traf3li.Backup;

/// <summary>The backup that protects live data before a restore failed.</summary>
public sealed class SafetyBackupFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public SafetyBackupFailedException(string reason, Exception? innerException = null)
        : base("SafetyBackupFailed", $"The safety backup failed, and nothing was touched: {reason}", "Mend the cause, or use -NoSafetyBackup when the live data may be lost.", null, innerException)
    {
        Reason = reason;
    }

    /// <summary>Why.</summary>
    public string Reason { get; }
}
