using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Says when it was last shown that a backup can be restored, or was read in full at least.</summary>
internal static class DrillJudge
{
    // A century: who never wants to be asked sets any large number.
    private const int MostDays = 36_500;

    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(1);

    /// <summary>Judges a kind of server. Without any drill the time runs from the first backup.</summary>
    /// <param name="source">The kind of server.</param>
    /// <param name="runs">The history.</param>
    /// <param name="inventory">The backups.</param>
    /// <param name="days">After how many days another drill is due.</param>
    /// <param name="environment">The environment label.</param>
    /// <param name="now">The time, UTC.</param>
    public static HealthCheck Judge(BackupSource source, RunFacts runs, InventoryFacts inventory, int days, string environment, DateTime now)
    {
        days = Math.Min(days, MostDays);
        var threshold = $"every {ReasonText.Count(days, "day")}";
        var advice = $"Get-Traf3liBackup -Source {source} -Latest 1 | Test-Traf3liBackup -Depth Restore";
        var last = runs.Drill.FirstOrDefault(run => run.Source == source && run.Environment == environment && run.StartTime <= now + MostAhead && IsDrill(run));
        if (last is not null)
        {
            var value = $"{ReasonText.Span(now - last.StartTime)} ago, {Describe(last)}";
            return now - last.StartTime > TimeSpan.FromDays(days)
                ? Checks.Warning(CheckNames.Drill, $"{source}", value, advice, threshold)
                : Checks.Good(CheckNames.Drill, $"{source}", value, threshold);
        }

        // Retention may keep less than the time within which a drill is due.
        var taken = runs.Run.Concat(runs.Earlier)
            .Where(run => run is { Operation: RunOperation.Backup, Outcome: RunOutcome.Good or RunOutcome.Warning } && run.Source == source && run.Environment == environment)
            .Select(run => (DateTime?)run.StartTime);
        var first = inventory.Listed.Where(item => item.Source == source).Select(item => (DateTime?)item.Date).Concat(taken).Min();
        return first is null ? Checks.Skipped(CheckNames.Drill, $"{source}", "there is no backup to try")
            : now - first.Value > TimeSpan.FromDays(days) ? Checks.Warning(CheckNames.Drill, $"{source}", "none is known", advice, threshold)
            : Checks.Good(CheckNames.Drill, $"{source}", $"none yet, due by {ReasonText.Time(first.Value.AddDays(days))}", threshold);
    }

    private static bool IsDrill(RunRecord run) => run.Operation == RunOperation.Restore || run.Depth is VerificationDepth.Full or VerificationDepth.Restore;

    private static string Describe(RunRecord run) =>
        run.Operation == RunOperation.Restore ? "a restore" : run.Depth == VerificationDepth.Restore ? "restored into a scratch server" : "read in full";
}
