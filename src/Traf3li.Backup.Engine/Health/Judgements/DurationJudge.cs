using System.Globalization;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Finds backups that take longer and longer.</summary>
internal static class DurationJudge
{
    private const int Recent = 5;
    private const double MostGrowth = 2;

    // Short ones double because of anything.
    private static readonly TimeSpan LeastGrowth = TimeSpan.FromMinutes(5);

    /// <summary>Compares the newest backups of a series with those before them, medians both, so that one slow night is none.</summary>
    public static HealthCheck Judge(BackupSeries series)
    {
        var newest = series.Newest;
        var seconds = series.Earlier.Prepend(newest).Select(item => item.Duration).OfType<TimeSpan>().Select(item => item.TotalSeconds).ToList();
        if (newest.Duration is not { } duration)
        {
            return Checks.Skipped(CheckNames.BackupDuration, series.Subject, "not known without a manifest");
        }

        if (seconds.Count < Recent + BackupSeries.FewestEarlier)
        {
            return Checks.Good(CheckNames.BackupDuration, series.Subject, ReadableTime.Length(duration));
        }

        var (now, before) = (RobustStatistics.Median(seconds.Take(Recent)), RobustStatistics.Median(seconds.Skip(Recent)));
        var limit = Math.Max(before * MostGrowth, before + LeastGrowth.TotalSeconds);
        var value = string.Create(CultureInfo.InvariantCulture, $"{ReadableTime.Length(duration)}, usually {Text(now)}, before {Text(before)}");
        return now > limit
            ? Checks.Warning(CheckNames.BackupDuration, series.Subject, value, "Look at the load of the server and the store, and at the growth of the data, before backups no longer fit between two runs.", $"up to {Text(limit)}")
            : Checks.Good(CheckNames.BackupDuration, series.Subject, value, $"up to {Text(limit)}");
    }

    private static string Text(double seconds) => ReadableTime.Length(TimeSpan.FromSeconds(seconds));
}
