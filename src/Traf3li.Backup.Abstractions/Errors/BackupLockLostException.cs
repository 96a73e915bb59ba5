namespace Traf3li.Backup;

/// <summary>A run lost its lock to another while it worked.</summary>
public sealed class BackupLockLostException : BackupException
{
    /// <summary>Creates the error.</summary>
    public BackupLockLostException(string lockKey, Exception? innerException = null)
        : base(
            "BackupLockLost",
            $"The lock {lockKey} was not renewed in time and another run has taken it, so this one has stopped before it finished anything.",
            "Run it again. When it happens often, look at why this machine or its connection to the store stands still for minutes.",
            lockKey,
            innerException)
    {
    }
}
