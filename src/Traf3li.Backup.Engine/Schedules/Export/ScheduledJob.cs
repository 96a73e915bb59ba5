namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>What a scheduler is to run, and when.</summary>
/// <param name="Backup">The schedule.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="RemoveExpired">Whether it removes expired backups afterwards.</param>
internal sealed record ScheduledJob(ScheduledBackup Backup, CronSchedule Schedule, bool RemoveExpired)
{
    /// <summary>A name for files and jobs.</summary>
    public string Id => $"traf3li-backup-{Backup.Name.ToLowerInvariant()}";

    /// <summary>What it does, in words.</summary>
    public string Title => Backup.Source == BackupSource.Redis ? "backup of Redis" : $"{Backup.Name.ToLowerInvariant()} backup of MongoDB";

    /// <summary>What the script is called with, apart from where settings and log are.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        .. Backup.Source == BackupSource.Redis ? ["-Source", "Redis"] : (string[])["-Type", Backup.Name],
        .. RemoveExpired ? ["-RemoveExpired"] : (string[])[],
    ];
}
