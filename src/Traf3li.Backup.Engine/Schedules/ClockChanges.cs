using System.Globalization;

namespace Traf3li.Backup.Engine.Schedules;

/// <summary>Finds the runs of a schedule that fall into the nights when the clock is changed.</summary>
internal static class ClockChanges
{
    // No clock goes forward by more than two hours.
    private const int NearMinutes = 180;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(366);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>When the clock has gone forward, of the change that is nearest to a time, UTC; the time itself where none is near.</summary>
    public static DateTime EndOfGap(TimeZoneInfo zone, DateTime near)
    {
        var minute = near.AddTicks(-(near.Ticks % TimeSpan.TicksPerMinute));
        return Enumerable.Range(0, NearMinutes)
            .SelectMany(distance => new[] { minute.AddMinutes(distance), minute.AddMinutes(-distance) })
            .Where(time => zone.GetUtcOffset(time) > zone.GetUtcOffset(time.AddMinutes(-1)))
            .FirstOrDefault(near);
    }

    /// <summary>A sentence for each run of the coming year whose time does not exist or exists twice.</summary>
    /// <param name="schedule">The schedule; one that runs by an interval has none.</param>
    /// <param name="now">From when on, UTC.</param>
    public static IReadOnlyList<string> Describe(CronSchedule schedule, DateTime now)
    {
        if (schedule.Expression.IsInterval)
        {
            return [];
        }

        var sentences = new List<string>();
        var zone = schedule.Zone;
        for (var day = now; day < now + Ahead; day += Day)
        {
            if (zone.GetUtcOffset(day) == zone.GetUtcOffset(day + Day))
            {
                continue;
            }

            var from = TimeZoneInfo.ConvertTimeFromUtc(day, zone) - TimeSpan.FromHours(1);
            sentences.AddRange(schedule.NominalBetween(from, from + Day + TimeSpan.FromHours(2)).Select(time => DescribeRun(schedule, time)).OfType<string>());
        }

        return [.. sentences.Distinct(StringComparer.Ordinal)];
    }

    private static string? DescribeRun(CronSchedule schedule, DateTime nominal)
    {
        var zone = schedule.Zone;
        var name = nominal.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        if (zone.IsInvalidTime(nominal))
        {
            var run = EndOfGap(zone, DateTime.SpecifyKind(nominal, DateTimeKind.Utc) - zone.BaseUtcOffset);
            return $"{name} does not exist in {zone.Id}, because the clock goes forward: it runs at {TimeZoneInfo.ConvertTimeFromUtc(run, zone).ToString("HH:mm", CultureInfo.InvariantCulture)}.";
        }

        return zone.IsAmbiguousTime(nominal) ? $"{name} comes twice in {zone.Id}, because the clock goes back: it runs the first time only." : null;
    }
}
