using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Schedules;

/// <summary>The schedules that the settings name.</summary>
internal static class BackupSchedules
{
    /// <summary>All of them, whether switched on or not, in the order in which they are shown.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="local">The zone of this machine, taken when BACKUP_TIMEZONE is not set.</param>
    /// <exception cref="ConfigurationInvalidException">A cron expression or the zone is wrong.</exception>
    public static IReadOnlyList<ScheduledBackup> From(EngineSettings settings, TimeZoneInfo local)
    {
        var zone = settings.IsSet(KnownSettings.TimeZone) ? settings.Require(KnownSettings.TimeZone) : local;
        return
        [
            Read("Daily", BackupSource.MongoDB, BackupType.Daily, KnownSettings.ScheduleDaily),
            Read("Weekly", BackupSource.MongoDB, BackupType.Weekly, KnownSettings.ScheduleWeekly),
            Read("Monthly", BackupSource.MongoDB, BackupType.Monthly, KnownSettings.ScheduleMonthly),
            Read("Yearly", BackupSource.MongoDB, BackupType.Yearly, KnownSettings.ScheduleYearly),
            Read("Redis", BackupSource.Redis, null, KnownSettings.ScheduleRedis),
            Read("Oplog", BackupSource.MongoDB, null, KnownSettings.ScheduleOplog),
        ];

        ScheduledBackup Read(string name, BackupSource source, BackupType? type, Setting<CronExpression?> setting)
        {
            var expression = settings.IsSet(setting) ? settings.Require(setting) : null;
            return new ScheduledBackup(
                name,
                source,
                type,
                setting,
                expression is null ? null : new CronSchedule(expression, zone),
                settings.IsSet(source == BackupSource.Redis ? KnownSettings.RedisUrl : KnownSettings.MongoUri));
        }
    }

    /// <summary>Those of some names, in any case; all when none is given.</summary>
    /// <exception cref="ConfigurationInvalidException">There is no schedule of a name.</exception>
    public static IReadOnlyList<ScheduledBackup> Choose(IReadOnlyList<ScheduledBackup> all, IReadOnlyList<string> names)
    {
        var unknown = names.FirstOrDefault(name => !all.Any(item => string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase)));
        return unknown is null
            ? [.. all.Where(item => names.Count == 0 || names.Contains(item.Name, StringComparer.OrdinalIgnoreCase))]
            : throw new ConfigurationInvalidException("Name", $"there is no schedule '{unknown}'.", $"Use {string.Join(", ", all.Select(item => item.Name))}.");
    }
}
