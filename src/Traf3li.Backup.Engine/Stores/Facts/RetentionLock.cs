namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>A retention by Object Lock.</summary>
/// <param name="Mode">How strict it is.</param>
/// <param name="Until">When it ends, UTC.</param>
internal sealed record RetentionLock(ObjectLockMode Mode, DateTime Until);
