using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>When backups of a schedule are to begin, and how late they may be there.</summary>
internal static class ScheduleRhythm
{
    /// <summary>A run begins a little before its time when clocks differ.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LeastGrace = TimeSpan.FromMinutes(10);

    /// <summary>How long after its time a run may still be at work: twice its usual length, ten minutes at least.</summary>
    public static TimeSpan GraceOf(ScheduledBackup schedule, InventoryFacts inventory)
    {
        var seconds = inventory.Newest.Where(item => item.IsGood && IsOf(schedule, item.Source, item.Type)).Select(item => item.Duration).OfType<TimeSpan>().Select(item => item.TotalSeconds).ToList();
        var usual = seconds.Count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(2 * RobustStatistics.Median(seconds));
        return usual > LeastGrace ? usual : LeastGrace;
    }

    /// <summary>The time between runs: the longer of the last one and the next one; null when there are none.</summary>
    public static TimeSpan? IntervalOf(CronSchedule schedule, DateTime now)
    {
        if (schedule.PreviousUntil(now) is not { } last)
        {
            return null;
        }

        var before = schedule.PreviousUntil(last.AddTicks(-1)) is { } earlier ? last - earlier : TimeSpan.Zero;
        var after = schedule.NextAfter(now) is { } next ? next - last : TimeSpan.Zero;
        return before > after ? before : after;
    }

    /// <summary>The schedule of a kind of server that runs most often; null when there is none.</summary>
    public static ScheduledBackup? MostFrequent(IEnumerable<ScheduledBackup> schedules, BackupSource source, DateTime now) =>
        schedules.Where(item => item.IsEnabled && item.Source == source && TakesBackups(item)).MinBy(item => IntervalOf(item.Schedule!, now) ?? TimeSpan.MaxValue);

    /// <summary>Whether a schedule takes whole backups, and no oplog slices.</summary>
    public static bool TakesBackups(ScheduledBackup schedule) => schedule.Type is not null || schedule.Source == BackupSource.Redis;

    /// <summary>Whether a backup may be one of a schedule's. Those of Redis have one schedule, whatever type they were given.</summary>
    public static bool IsOf(ScheduledBackup schedule, BackupSource source, BackupType? type) =>
        source == schedule.Source && (schedule.Source == BackupSource.Redis || type == schedule.Type);

    /// <summary>The expression and its zone: <c>0 2 * * * (Europe/Berlin)</c>.</summary>
    public static string Describe(CronSchedule schedule) => $"{schedule.Expression} ({ZoneNames.Iana(schedule.Zone)})";

    /// <summary>A time by the clock of a schedule's zone.</summary>
    public static string Local(CronSchedule schedule, DateTime time) =>
        TimeZoneInfo.ConvertTimeFromUtc(time, schedule.Zone).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Runs in words: <c>2 runs</c>.</summary>
    public static string Runs(int count) => ReasonText.Count(count, "run");
}
