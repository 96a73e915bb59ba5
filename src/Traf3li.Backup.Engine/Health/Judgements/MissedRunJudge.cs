using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>
/// Finds runs that a schedule asked for and that left no good backup. A schedule is judged from its first backup or run on, so that one that was switched on
/// yesterday has missed nothing the week before.
/// </summary>
/// <param name="inventory">The backups.</param>
/// <param name="runs">The history; null when it is not known.</param>
/// <param name="locks">The locks that are held; null when they are not known.</param>
/// <param name="environment">The environment label.</param>
/// <param name="now">The time, UTC.</param>
internal sealed class MissedRunJudge(InventoryFacts inventory, RunFacts? runs, IReadOnlyList<LockFacts>? locks, string environment, DateTime now)
{
    private const int MostNamed = 3;
    private const int MostCounted = 1000;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    private readonly HashSet<string> _safety = [.. inventory.Newest.Where(item => item.IsSafety).Select(item => item.Key)];

    /// <summary>Judges a schedule.</summary>
    public HealthCheck Judge(ScheduledBackup schedule)
    {
        if (schedule.Schedule is not { } cron)
        {
            return Checks.Skipped(CheckNames.MissedRun, schedule.Name, $"{schedule.Setting} is off");
        }

        if (!schedule.HasSource)
        {
            return Checks.Skipped(CheckNames.MissedRun, schedule.Name, $"no {schedule.Source} server is set");
        }

        if (!ScheduleRhythm.TakesBackups(schedule))
        {
            return Checks.Skipped(CheckNames.MissedRun, schedule.Name, "oplog slices come with a later version");
        }

        var due = now - ScheduleRhythm.GraceOf(schedule, inventory);
        return FirstOf(schedule) is { } first ? JudgeSince(schedule, cron, first, due) : JudgeNew(schedule, cron, due);
    }

    private HealthCheck JudgeSince(ScheduledBackup schedule, CronSchedule cron, DateTime first, DateTime due)
    {
        var good = GoodOf(schedule);
        var newest = good.Count > 0 ? good[^1] : (DateTime?)null;
        var missed = cron.Between((newest ?? first) + ScheduleRhythm.Early, due).Take(MostCounted).ToList();
        if (missed.Count == 0)
        {
            return Earlier(schedule, cron, good, due) is { Count: > 0 } earlier
                ? Checks.Warning(
                    CheckNames.MissedRun,
                    schedule.Name,
                    $"{ScheduleRhythm.Runs(earlier.Count)} of the last 7 days missing: {Name(cron, earlier)}; a later one is there",
                    $"See what happened: Get-Traf3liBackupHistory Backup -Source {schedule.Source}. A run without any record never began.",
                    ScheduleRhythm.Describe(cron))
                : Checks.Good(CheckNames.MissedRun, schedule.Name, $"none, {Next(cron)}", ScheduleRhythm.Describe(cron));
        }

        if (missed is [var only] && Running(schedule, only) is { } running)
        {
            return Checks.Good(CheckNames.MissedRun, schedule.Name, $"none: {running.Text.Holder} is at work since {ReasonText.Time(running.Text.Begun)}", ScheduleRhythm.Describe(cron));
        }

        var last = newest is { } there ? $"since {ReasonText.Time(there)}" : "and none was good yet";
        return Checks.Critical(
            CheckNames.MissedRun,
            schedule.Name,
            $"{(missed.Count == MostCounted ? $"{MostCounted} or more runs" : ScheduleRhythm.Runs(missed.Count))} missed {last}: {Name(cron, missed)}{Failure(schedule, newest)}",
            $"Check that the scheduler is at work (Export-Traf3liBackupSchedule shows what it should have), then run New-Traf3liBackup -Source {schedule.Source}{(schedule.Type is { } type ? $" -Type {type}" : "")}.",
            ScheduleRhythm.Describe(cron));
    }

    private HealthCheck JudgeNew(ScheduledBackup schedule, CronSchedule cron, DateTime due)
    {
        var begun = inventory.Listed.Where(item => item.Source == schedule.Source).Select(item => (DateTime?)item.Date).Min();
        if (begun is null)
        {
            return Checks.Skipped(CheckNames.MissedRun, schedule.Name, "there is no backup and no run yet to judge from");
        }

        var missed = cron.Between(begun.Value + ScheduleRhythm.Early, due).Take(MostCounted).ToList();
        return missed.Count == 0
            ? Checks.Good(CheckNames.MissedRun, schedule.Name, $"none yet, {Next(cron)}", ScheduleRhythm.Describe(cron))
            : Checks.Warning(
                CheckNames.MissedRun,
                schedule.Name,
                $"never ran, although due: {Name(cron, missed)}",
                $"Have it run (Export-Traf3liBackupSchedule), or set {schedule.Setting}=off.",
                ScheduleRhythm.Describe(cron));
    }

    private DateTime? FirstOf(ScheduledBackup schedule) => inventory.Listed
        .Where(item => ScheduleRhythm.IsOf(schedule, item.Source, item.Type)).Select(item => item.Date)
        .Concat(RunsOf(schedule).Select(item => item.StartTime))
        .Select(item => (DateTime?)item).Min();

    private List<DateTime> GoodOf(ScheduledBackup schedule)
    {
        var damaged = inventory.Newest.Where(item => !item.IsGood).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. inventory.Listed
                .Where(item => item.IsGood && ScheduleRhythm.IsOf(schedule, item.Source, item.Type) && !_safety.Contains(item.Key) && !damaged.Contains(item.Key))
                .Select(item => item.Date).Order(),
        ];
    }

    private IEnumerable<RunRecord> RunsOf(ScheduledBackup schedule) => (runs?.Run ?? []).Where(item =>
        item.Operation == RunOperation.Backup && item.Environment == environment && item.Source is { } source && ScheduleRhythm.IsOf(schedule, source, item.Type));

    // What retention has removed meanwhile is told by the history; where there is none, nothing is said of the past.
    private List<DateTime> Earlier(ScheduledBackup schedule, CronSchedule cron, List<DateTime> good, DateTime due)
    {
        var records = RunsOf(schedule).ToList();
        if (records.Count == 0)
        {
            return [];
        }

        var done = records.Where(item => item.Outcome is RunOutcome.Good or RunOutcome.Warning).Select(item => item.StartTime).Concat(good).Order().ToList();
        var from = records.Min(item => item.StartTime);
        from = from > now - Recent ? from : now - Recent;
        var times = cron.Between(from, due).Take(MostCounted).ToList();
        return [.. times.Where((time, index) =>
        {
            var end = index + 1 < times.Count ? times[index + 1] : DateTime.MaxValue;
            return !done.Exists(item => item >= time - ScheduleRhythm.Early && item < end - ScheduleRhythm.Early);
        })];
    }

    private LockFacts? Running(ScheduledBackup schedule, DateTime time) => locks?.FirstOrDefault(item =>
        item.Name == Runs.RunRequest.LockOf(schedule.Source, environment)
        && item.Text.Operation == nameof(RunOperation.Backup)
        && item.Text.Begun >= time - ScheduleRhythm.Early
        && !LockJudge.IsStale(item, TimeSpan.Zero, now));

    private string Failure(ScheduledBackup schedule, DateTime? newest) =>
        RunsOf(schedule).FirstOrDefault() is { Outcome: RunOutcome.Failed or RunOutcome.Locked or RunOutcome.Cancelled } run && (newest is null || run.StartTime > newest)
            ? $". The run of {ReasonText.Time(run.StartTime)} ended {run.Outcome}{(run.ErrorId is { } id ? $" with {id}" : "")}"
            : "";

    private string Next(CronSchedule cron) => cron.NextAfter(now) is { } next ? $"next {ScheduleRhythm.Local(cron, next)}" : "and none to come";

    private static string Name(CronSchedule cron, List<DateTime> times) =>
        string.Join(", ", times.TakeLast(MostNamed).Select(time => ScheduleRhythm.Local(cron, time))) + (times.Count > MostNamed ? " and earlier" : "");
}
