using System.Globalization;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Decides whether a run is told of.</summary>
internal static class NotificationPolicies
{
    /// <summary>How soon after it was sent an alert that was taken back meanwhile can come again: what fails every other time is told of twice an hour at most.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>Clocks of hosts that share a store differ; what lies further ahead is no time that something was sent at.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    // What fails every night fails a little earlier on some.
    private const int ReminderSlack = 100;

    private const int MostTold = 100;

    /// <summary>What tells the alert about a run from others: the id of its error, of a health check also what is critical; null when the run is no reason for one.</summary>
    public static string? AlertOf(RunRecord run) => run.Outcome switch
    {
        RunOutcome.Failed when run.Operation == RunOperation.Health => $"{run.ErrorId} {string.Join(", ", run.Key)}",
        RunOutcome.Failed or RunOutcome.Cancelled or RunOutcome.Locked => run.ErrorId ?? run.Outcome.ToString(),
        RunOutcome.Warning when HasFailedCopy(run) => "CopyFailed",
        _ => null,
    };

    /// <summary>Of a health check, what is not good; another run that warns of the same is no news. Of any other run nothing.</summary>
    public static IEnumerable<string> WarnsOf(RunRecord run) => run.Operation == RunOperation.Health ? run.Key.Take(MostTold) : [];

    /// <summary>Whether a second copy of what the run made could not be made.</summary>
    public static bool HasFailedCopy(RunRecord run) => run.Copy.Any(copy => copy.Status == CopyStatus.Failed);

    /// <summary>Decides. What is not remembered counts as never told.</summary>
    /// <param name="policy">Of which runs is told.</param>
    /// <param name="run">The run, which has ended.</param>
    /// <param name="state">What is remembered of its subject.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="reminder">After which time an alert that goes on is sent again; null: never.</param>
    public static NotificationDecision Decide(NotificationPolicy policy, RunRecord run, NotificationState state, DateTime now, TimeSpan? reminder)
    {
        if (policy == NotificationPolicy.Never)
        {
            return NotificationDecision.Suppress("notifications are off");
        }

        return run.Outcome switch
        {
            RunOutcome.Failed or RunOutcome.Cancelled => Alert(AlertOf(run)!, state, now, reminder),
            RunOutcome.Locked when policy == NotificationPolicy.Always => Alert(AlertOf(run)!, state, now, reminder),
            RunOutcome.Locked => NotificationDecision.Suppress("another run was at work, which is told of by itself"),
            RunOutcome.Warning when HasFailedCopy(run) && policy != NotificationPolicy.Always => Alert(AlertOf(run)!, state, now, reminder),
            // A thaw was requested, and what failed before has not been tried again.
            RunOutcome.NothingToDo when run.Operation is RunOperation.Restore or RunOperation.Test => NotificationDecision.Suppress("it has still to be done"),
            _ when state.IsAlerting => NotificationDecision.Send(NotificationKind.Recovery),
            RunOutcome.NothingToDo => NotificationDecision.Suppress("there was nothing to do"),
            _ when policy == NotificationPolicy.Always => NotificationDecision.Send(NotificationKind.Report),
            _ when policy == NotificationPolicy.OnChange && (state.Outcome != run.Outcome || WarnsOf(run).Except(state.Told, StringComparer.Ordinal).Any()) => NotificationDecision.Send(NotificationKind.Report),
            _ when policy == NotificationPolicy.OnChange => NotificationDecision.Suppress("it ended as the one last told of"),
            _ => NotificationDecision.Suppress("it did not fail"),
        };
    }

    /// <summary>When the alert was last sent with which a run goes on; null when it goes on with none.</summary>
    public static DateTime? OngoingAlert(RunRecord run, NotificationState state) =>
        state.IsAlerting && AlertOf(run) is { } alert && state.Alert.TryGetValue(alert, out var sent) ? sent : null;

    private static NotificationDecision Alert(string alert, NotificationState state, DateTime now, TimeSpan? reminder)
    {
        if (!state.Alert.TryGetValue(alert, out var sent) || sent - now > ClockTolerance)
        {
            return NotificationDecision.Send(NotificationKind.Alert);
        }

        if (!state.IsAlerting)
        {
            return now - sent >= Settling
                ? NotificationDecision.Send(NotificationKind.Alert)
                : NotificationDecision.Suppress($"the same was told at {Text(sent)}, less than an hour ago");
        }

        return reminder is { } wait && now - sent >= wait - (wait / ReminderSlack)
            ? NotificationDecision.Send(NotificationKind.Reminder)
            : NotificationDecision.Suppress(
                reminder is { } next ? $"the same was told at {Text(sent)}; a reminder follows after {Text(sent + next)}" : $"the same was told at {Text(sent)}");
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
