using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Schedules;

/// <summary>A backup that is taken regularly.</summary>
/// <param name="Name">Its name, of which BACKUP_SCHEDULE_NAME is the setting.</param>
/// <param name="Source">The kind of server.</param>
/// <param name="Type">The type of its backups; null where these have none of their own.</param>
/// <param name="Setting">The setting with its cron expression.</param>
/// <param name="Schedule">When it runs; null when it is switched off.</param>
/// <param name="HasSource">Whether the server that it reads is set.</param>
internal sealed record ScheduledBackup(string Name, BackupSource Source, BackupType? Type, Setting Setting, CronSchedule? Schedule, bool HasSource)
{
    /// <summary>Whether it is expected to run.</summary>
    public bool IsEnabled => Schedule is not null && HasSource;
}
