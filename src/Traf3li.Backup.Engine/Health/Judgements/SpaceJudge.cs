using System.Globalization;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Says how full the destination is, and when it will be full: by a straight line through what backups added and retention removed.</summary>
internal static class SpaceJudge
{
    private const double NearlyFull = 0.9;
    private const int FewestRuns = 5;

    private static readonly TimeSpan ShortestTrend = TimeSpan.FromDays(3);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan VerySoon = TimeSpan.FromDays(3);

    private const string Advice = "Keep fewer backups (Get-Traf3liRetentionPlan shows what would go), or make room.";

    /// <summary>Judges the space.</summary>
    /// <param name="inventory">The backups.</param>
    /// <param name="runs">The history; null when it is not known.</param>
    /// <param name="quota">The most bytes that backups may take; null for no such limit.</param>
    /// <param name="folder">The file system of a folder; null of a bucket.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="now">The time, UTC.</param>
    public static HealthCheck Judge(InventoryFacts inventory, RunFacts? runs, long? quota, FolderFacts? folder, string destination, DateTime now)
    {
        var used = inventory.TotalSize;
        var free = folder is { FreeSpace: { IsKnown: true, Value: var bytes } } ? bytes : (long?)null;
        var limit = (quota, free) switch
        {
            ({ } most, { } left) => Math.Min(most, used + left),
            ({ } most, null) => most,
            (null, { } left) => used + left,
            _ => (long?)null,
        };
        if (limit is not { } capacity)
        {
            return Checks.Skipped(CheckNames.StoreSpace, destination, $"{ReadableSize.Format(used)} used; BACKUP_QUOTA is not set, and the destination names no limit of its own");
        }

        var next = inventory.Newest.Where(item => item.IsGood).GroupBy(item => (item.Source, item.Type)).Select(group => group.First().StoredSize).DefaultIfEmpty().Max();
        var full = FullBy(used, capacity, runs, now);
        var value = $"{ReadableSize.Format(used)} used, {ReadableSize.Format(Math.Max(0, capacity - used))} left of {(capacity == quota ? "BACKUP_QUOTA" : "the disk")}{Describe(full, runs)}";
        var threshold = $"room for the next backup ({ReadableSize.Format(next)}), {Soon.TotalDays:0} days ahead";
        return capacity - used < Math.Max(next, 1) || full - now < VerySoon ? Checks.Critical(CheckNames.StoreSpace, destination, value, Advice, threshold)
            : full - now < Soon || IsNearlyFull(used, capacity, quota, folder) ? Checks.Warning(CheckNames.StoreSpace, destination, value, Advice, threshold)
            : Checks.Good(CheckNames.StoreSpace, destination, value, threshold);
    }

    // Of a disk all that is on it counts, of a quota the backups.
    private static bool IsNearlyFull(long used, long capacity, long? quota, FolderFacts? folder) =>
        (capacity == quota && used > quota * NearlyFull)
        || (folder is { FreeSpace: { IsKnown: true, Value: var free }, TotalSpace: { IsKnown: true, Value: var total } } && free < total * (1 - NearlyFull));

    private static DateTime? FullBy(long used, long capacity, RunFacts? runs, DateTime now)
    {
        if (Growth(runs, used) is not ({ } perDay and > 0))
        {
            return null;
        }

        var days = (capacity - used) / perDay;
        return days < 36_500 ? now.AddDays(Math.Max(0, days)) : null;
    }

    // The level after each run, going back from the level now.
    private static double? Growth(RunFacts? runs, long used)
    {
        var changes = (runs?.Run ?? []).Where(run => run is { StoredSize: > 0, Outcome: RunOutcome.Good or RunOutcome.Warning }).ToList();
        if (changes.Count < FewestRuns || changes[0].EndTime - changes[^1].EndTime < ShortestTrend)
        {
            return null;
        }

        var level = (double)used;
        var points = new List<(double, double)>();
        foreach (var run in changes)
        {
            points.Add(((run.EndTime - changes[^1].EndTime).TotalDays, level));
            level += run.Operation == RunOperation.Removal ? run.StoredSize!.Value : -run.StoredSize!.Value;
        }

        return RobustStatistics.Slope(points);
    }

    private static string Describe(DateTime? full, RunFacts? runs) =>
        full is { } day ? $", full by {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        : Growth(runs, 0) is null ? $", no trend yet ({ReasonText.Count(runs?.Run.Count ?? 0, "run")} remembered)"
        : ", not growing";
}
