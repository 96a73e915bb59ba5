using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Health;

/// <summary>What the history and notifications hold of a report.</summary>
internal static class HealthRecord
{
    // A check that runs every hour would fill the history with what it knows already.
    private static readonly TimeSpan Repetition = TimeSpan.FromDays(1);

    /// <summary>
    /// Describes the run. It is left out of the history while it ends as the last one that stands there, but that what is not good is written again after
    /// a day.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What was found.</param>
    /// <param name="last">The last one in the history; null when there is none.</param>
    public static void Describe(Run run, HealthReport report, RunRecord? last)
    {
        var critical = Find(report, HealthStatus.Critical).Concat(Find(report, HealthStatus.Unknown).Where(check => Judgements.CheckNames.IsEssential(check.Name))).ToList();
        var failure = report.Status != HealthStatus.Critical
            ? null
            : new HealthCriticalException(report.Environment, string.Join(' ', critical.Select(Describe)), string.Join(' ', critical.Select(check => check.Advice).Distinct(StringComparer.Ordinal)));
        var doubtful = Find(report, HealthStatus.Warning).Concat(Find(report, HealthStatus.Unknown)).Except(critical).ToList();
        var worst = critical.Count > 0 ? critical : doubtful;
        run.Remember(doubtful.Select(Describe));
        run.Describe(record => record with
        {
            StartTime = report.Date,
            // Tells this alert, or these warnings, from others.
            Key = [.. worst.Select(check => $"{check.Name} {check.Subject}").Take(RunRecord.MostKeys)],
            KeyCount = worst.Count,
            ErrorId = failure?.ErrorId,
            Error = failure is null ? null : RunErrors.Shown(failure.Message),
            Recommendation = failure is null ? null : RunErrors.Shown(failure.Recommendation),
        });
        run.IsForgettable = last is not null
            && last.Outcome == OutcomeOf(report)
            && (report.Status == HealthStatus.Good || report.Date - last.StartTime < Repetition);
    }

    private static RunOutcome OutcomeOf(HealthReport report) => report.Status switch
    {
        HealthStatus.Good => RunOutcome.Good,
        HealthStatus.Critical => RunOutcome.Failed,
        _ => RunOutcome.Warning,
    };

    private static IEnumerable<HealthCheck> Find(HealthReport report, HealthStatus status) => report.Check.Where(check => check.Status == status);

    private static string Describe(HealthCheck check) => $"{check.Name} {check.Subject}: {check.Value.TrimEnd('.')}.";
}
