namespace Traf3li.Backup;

/// <summary>What <c>Initialize-Traf3liBackupStore</c> was asked for.</summary>
public sealed record InitializationOptions : RunOptions
{
    /// <summary>How new objects of a bucket are locked; null leaves Object Lock as it is.</summary>
    public ObjectLockMode? ObjectLock { get; init; }

    /// <summary>For how many days new objects are locked.</summary>
    public int LockDays { get; init; } = 30;

    /// <summary>After how many days backups are moved to GLACIER; 0 never moves them.</summary>
    public int ArchiveAfterDays { get; init; } = 90;

    /// <summary>After how many days versions that were replaced or removed are gone; 0 keeps them.</summary>
    public int OldVersionDays { get; init; } = 30;
}
