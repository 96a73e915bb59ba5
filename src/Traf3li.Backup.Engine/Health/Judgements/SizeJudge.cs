using System.Globalization;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Finds backups that are much smaller or larger than those before them.</summary>
internal static class SizeJudge
{
    // The usual limit for robust scores (Iglewicz and Hoaglin 1993).
    private const double OddScore = 3.5;

    // What is left when a database was emptied or the wrong one was read.
    private const double FloorShare = 0.1;

    private const string Advice = "Look into the server for what was deleted or added. Protect-Traf3liBackup holds an earlier backup beyond its time until that is clear.";

    /// <summary>Judges the newest backup of a series.</summary>
    public static HealthCheck Judge(BackupSeries series)
    {
        var newest = series.Newest;
        var hasLogical = newest.LogicalSize is not null;
        var earlier = series.Earlier.Where(item => !hasLogical || item.LogicalSize is not null).ToList();
        var sizes = earlier.ConvertAll(SizeOf);
        var value = Describe(newest, SizeOf(newest), sizes);
        if (newest.DocumentCount == 0)
        {
            return earlier.Any(item => item.DocumentCount > 0)
                ? Checks.Critical(CheckNames.BackupSize, series.Subject, value, Advice, "more than 0")
                : Checks.Warning(CheckNames.BackupSize, series.Subject, value, "Check that the server and its databases are the right ones.", "more than 0");
        }

        if (earlier.Count < BackupSeries.FewestEarlier)
        {
            return earlier.Count > 0 && SizeOf(newest) < FloorShare * RobustStatistics.Median(sizes)
                ? Checks.Critical(CheckNames.BackupSize, series.Subject, value, Advice, Floor(sizes))
                : Checks.Good(CheckNames.BackupSize, series.Subject, value);
        }

        var score = RobustStatistics.Score(SizeOf(newest), sizes);
        if (SizeOf(newest) < FloorShare * RobustStatistics.Median(sizes))
        {
            return Checks.Critical(CheckNames.BackupSize, series.Subject, value, Advice, Floor(sizes));
        }

        return Math.Abs(score) > OddScore
            ? Checks.Warning(CheckNames.BackupSize, series.Subject, value, Advice, Usual(sizes))
            : Checks.Good(CheckNames.BackupSize, series.Subject, value, Usual(sizes));

        double SizeOf(BackupFacts item) => hasLogical ? item.LogicalSize!.Value : item.StoredSize;
    }

    private static string Describe(BackupFacts newest, double size, List<double> earlier)
    {
        var unit = newest.Source == BackupSource.Redis ? "key" : "document";
        var count = newest.DocumentCount is { } documents ? $", {ReasonText.Count(documents, unit)}" : "";
        var median = earlier.Count > 0 ? RobustStatistics.Median(earlier) : 0;
        var change = median > 0 ? string.Create(CultureInfo.InvariantCulture, $", {((size / median) - 1) * 100:+0;-0;0} % against the usual") : "";
        return ReadableSize.Format(size) + count + change;
    }

    private static string Floor(List<double> sizes) => $"at least {ReadableSize.Format(FloorShare * RobustStatistics.Median(sizes))}";

    private static string Usual(List<double> sizes)
    {
        var median = RobustStatistics.Median(sizes);
        var margin = OddScore * RobustStatistics.Spread(sizes);
        return $"{ReadableSize.Format(Math.Max(0, median - margin))} to {ReadableSize.Format(median + margin)}";
    }
}
