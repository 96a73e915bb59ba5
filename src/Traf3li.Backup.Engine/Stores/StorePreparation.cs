namespace Traf3li.Backup.Engine.Stores;

/// <summary>How a store is to be set up.</summary>
/// <param name="ObjectLock">How new objects are locked; null leaves Object Lock as it is.</param>
/// <param name="LockDays">For how many days.</param>
/// <param name="ArchiveAfterDays">After how many days backups are archived; 0 for never.</param>
/// <param name="OldVersionDays">After how many days older versions are removed; 0 for never.</param>
/// <param name="IsPlan">Whether it is only said what would be done.</param>
internal sealed record StorePreparation(ObjectLockMode? ObjectLock, int LockDays, int ArchiveAfterDays, int OldVersionDays, bool IsPlan);
