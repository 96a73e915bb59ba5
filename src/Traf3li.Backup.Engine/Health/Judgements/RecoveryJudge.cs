using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Says what a disaster at this moment would cost: the data since the newest good state, and the time to restore it.</summary>
/// <param name="inventory">The backups.</param>
/// <param name="schedules">The schedules.</param>
/// <param name="now">The time, UTC.</param>
internal sealed class RecoveryJudge(InventoryFacts inventory, IReadOnlyList<ScheduledBackup> schedules, DateTime now)
{
    // Retention keeps one backup a day at least for so long, whatever more was taken.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);
    private static readonly TimeSpan LeastGap = TimeSpan.FromDays(2);

    /// <summary>Judges the age of the newest good state against the schedule that runs most often (the recovery point objective).</summary>
    /// <param name="source">The kind of server.</param>
    /// <param name="ahead">Its backups that are dated in the future, of which nobody knows how old they are.</param>
    public HealthCheck JudgePoint(BackupSource source, IReadOnlyList<ListedBackup> ahead)
    {
        var point = JudgePoint(source);
        return ahead.Count == 0 ? point : point with
        {
            Status = point.Status == HealthStatus.Good ? HealthStatus.Warning : point.Status,
            Value = $"{point.Value}; {ReasonText.Count(ahead.Count, "backup")} dated in the future, the latest {ahead[^1].Key}",
            Advice = $"{(point.Advice is { } first ? first + " " : "")}A clock was wrong when that was taken. It counts as none here, but is the newest for a restore: name the key of the one you want, and remove it when it is no longer needed.",
        };
    }

    private HealthCheck JudgePoint(BackupSource source)
    {
        if (inventory.NewestState(source) is not { } newest)
        {
            var found = inventory.Newest.Any(item => item.Source == source) ? "no good backup of the whole server" : "no backup";
            return Checks.Critical(CheckNames.RecoveryPoint, $"{source}", found, $"Take one now: New-Traf3liBackup -Source {source}.", "one");
        }

        var age = now - newest.Date;
        var value = $"{ReadableTime.Length(age)} old: {newest.Key}";
        if (Limit(source) is not { } limit)
        {
            return Checks.Good(CheckNames.RecoveryPoint, $"{source}", value);
        }

        var threshold = $"up to {ReadableTime.Length(limit)}";
        var advice = $"Everything written since then would be lost. Run New-Traf3liBackup -Source {source}, and see what keeps the schedule from doing it.";
        return age > limit * 2 ? Checks.Critical(CheckNames.RecoveryPoint, $"{source}", value, advice, threshold)
            : age > limit ? Checks.Warning(CheckNames.RecoveryPoint, $"{source}", value, advice, threshold)
            : Checks.Good(CheckNames.RecoveryPoint, $"{source}", value, threshold);
    }

    /// <summary>Looks for times of the last week between two states that nothing can be restored to.</summary>
    public HealthCheck JudgeGaps(BackupSource source)
    {
        var partial = inventory.Newest.Where(item => item.Source == source && item is not { IsGood: true, IsPartial: false }).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        var states = inventory.Listed.Where(item => item.Source == source && item.IsGood && !partial.Contains(item.Key)).Select(item => item.Date).ToList();
        if (states.Count == 0)
        {
            return Checks.Skipped(CheckNames.RecoveryGap, $"{source}", "there is no state to restore to");
        }

        var window = $"{ReasonText.Count(states.Count, "state")} since {ReasonText.Time(states[0])}";
        var recent = states.Zip(states.Skip(1)).Where(pair => pair.Second > now - Recent).ToList();
        if (recent.Count == 0)
        {
            return Checks.Good(CheckNames.RecoveryGap, $"{source}", window);
        }

        var longest = recent.MaxBy(pair => pair.Second - pair.First);
        var gap = longest.Second - longest.First;
        var limit = Limit(source) is { } usual && usual > LeastGap ? usual : LeastGap;
        var value = $"{window}; the longest gap that ended in the last 7 days is {ReadableTime.Length(gap)}";
        return gap > limit * 2
            ? Checks.Warning(
                CheckNames.RecoveryGap,
                $"{source}",
                $"{value}, until {ReasonText.Time(longest.Second)}",
                "No moment of that gap can be restored to; oplog slices, which would fill it, come with a later version. See in Get-Traf3liBackupHistory what kept backups away.",
                $"up to {ReadableTime.Length(limit * 2)}")
            : Checks.Good(CheckNames.RecoveryGap, $"{source}", value, $"up to {ReadableTime.Length(limit * 2)}");
    }

    /// <summary>Estimates how long a restore of the newest state takes, by the speed of the last one (the recovery time objective).</summary>
    public HealthCheck JudgeTime(BackupSource source, RunFacts runs, string environment)
    {
        if (inventory.NewestState(source)?.LogicalSize is not { } size)
        {
            return Checks.Skipped(CheckNames.RecoveryTime, $"{source}", "there is no state of known size to restore");
        }

        var measured = runs.Drill.FirstOrDefault(run =>
            run.Source == source && run.Environment == environment && run is { BytesPerSecond: > 0 } and ({ Operation: RunOperation.Restore } or { Depth: VerificationDepth.Restore }));
        if (measured?.BytesPerSecond is not { } speed)
        {
            return Checks.Skipped(CheckNames.RecoveryTime, $"{source}", "no restore or restore drill yet to measure by");
        }

        return Checks.Good(
            CheckNames.RecoveryTime,
            $"{source}",
            $"about {ReadableTime.Length(TimeSpan.FromSeconds(size / speed))}: {ReadableSize.Format(size)} at {ReadableSize.Format(speed)}/s, as on {ReasonText.Time(measured.StartTime)}");
    }

    // The interval of the schedule that runs most often, and what a run of it may take.
    private TimeSpan? Limit(BackupSource source) =>
        ScheduleRhythm.MostFrequent(schedules, source, now) is { Schedule: { } cron } schedule && ScheduleRhythm.IntervalOf(cron, now) is { } interval
            ? interval + ScheduleRhythm.GraceOf(schedule, inventory)
            : null;
}
