namespace Traf3li.Backup.Engine.Schedules;

/// <summary>Says of a schedule when it runs and what there is to know.</summary>
internal static class ScheduleDescription
{
    /// <summary>Describes a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="now">The time that previous and next run are told for, UTC.</param>
    /// <param name="count">How many coming runs are told.</param>
    public static BackupSchedule Describe(ScheduledBackup schedule, DateTime now, int count)
    {
        var upcoming = new List<DateTime>();
        for (var next = schedule.Schedule?.NextAfter(now); next is { } run && upcoming.Count < count; next = schedule.Schedule!.NextAfter(run))
        {
            upcoming.Add(run);
        }

        return new BackupSchedule
        {
            Name = schedule.Name,
            Source = schedule.Source,
            Type = schedule.Type,
            Setting = schedule.Setting.Name,
            Expression = schedule.Schedule?.Expression.Text,
            TimeZone = schedule.Schedule?.Zone.Id ?? "",
            IsEnabled = schedule.IsEnabled,
            PreviousRun = schedule.Schedule?.PreviousUntil(now),
            NextRun = schedule.Schedule?.NextAfter(now),
            Upcoming = [.. upcoming.Select(run => InZone(run, schedule.Schedule!.Zone))],
            ClockChange = schedule.Schedule is { } cron ? ClockChanges.Describe(cron, now) : [],
            Note = [.. Notes(schedule)],
        };
    }

    private static DateTimeOffset InZone(DateTime run, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(new DateTimeOffset(run, TimeSpan.Zero), zone);

    private static IEnumerable<string> Notes(ScheduledBackup schedule)
    {
        if (schedule.Schedule is not { } cron)
        {
            yield return schedule.Setting.Default is null ? $"{schedule.Setting.Name} is not set." : $"It is switched off by {schedule.Setting.Name}.";
            yield break;
        }

        if (!schedule.HasSource)
        {
            yield return $"{(schedule.Source == BackupSource.Redis ? "REDIS_URL" : "MONGODB_URI")} is not set, so it is not expected to run.";
        }

        if (cron.Expression.IsEitherDay)
        {
            yield return "A day of the month and one of the week are given: as cron does it, either is enough.";
        }
    }
}
