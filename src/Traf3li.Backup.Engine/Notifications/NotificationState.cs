namespace Traf3li.Backup.Engine.Notifications;

/// <summary>What is remembered of the notifications about a subject, so that they do not repeat themselves. Stored as JSON.</summary>
internal sealed record NotificationState
{
    /// <summary>The most alerts that are remembered; the oldest are forgotten.</summary>
    public const int MostAlerts = 50;

    /// <summary>How the run ended that was told of last; null when none was.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>When that was, UTC.</summary>
    public DateTime? Time { get; init; }

    /// <summary>Whether an alert was sent that no good run has taken back.</summary>
    public bool IsAlerting { get; init; }

    /// <summary>The begin of the first run that failed since the last good one, UTC; null while all is well.</summary>
    public DateTime? FailingSince { get; init; }

    /// <summary>The end of the last good run, UTC; null when none is known.</summary>
    public DateTime? LastGood { get; init; }

    /// <summary>When an alert was last sent, UTC, by the id of its error.</summary>
    public IReadOnlyDictionary<string, DateTime> Alert { get; init; } = new Dictionary<string, DateTime>(StringComparer.Ordinal);

    /// <summary>Of health checks: what was told of that was not good and has been so ever since.</summary>
    public IReadOnlyList<string> Told { get; init; } = [];

    /// <summary>When a notification last went through, UTC, by channel.</summary>
    public IReadOnlyDictionary<NotificationChannel, DateTime> LastSent { get; init; } = new Dictionary<NotificationChannel, DateTime>();

    /// <summary>The notifications that failed, the last of each channel, until one goes through again.</summary>
    public IReadOnlyList<FailedNotification> Failure { get; init; } = [];

    /// <summary>The state after a run was told of, or was not.</summary>
    /// <param name="run">The run.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="results">What became of it on each channel.</param>
    /// <param name="now">The time, UTC.</param>
    public NotificationState After(RunRecord run, NotificationDecision decision, IReadOnlyList<NotificationResult> results, DateTime now)
    {
        var isBad = run.Outcome is RunOutcome.Failed or RunOutcome.Cancelled;
        var isGood = run.Outcome is RunOutcome.Good or RunOutcome.Warning;
        var wasTold = decision.Kind is not null && results.Any(result => result is { Status: NotificationStatus.Sent, Channel: not NotificationChannel.Ping });
        var isAlert = decision.Kind is NotificationKind.Alert or NotificationKind.Reminder;
        var next = this with
        {
            FailingSince = isBad ? FailingSince ?? run.StartTime : isGood ? null : FailingSince,
            LastGood = isGood ? run.EndTime : LastGood,
            Told = isGood ? [.. Told.Intersect(NotificationPolicies.WarnsOf(run), StringComparer.Ordinal)] : Told,
        };
        next = next.After(results, now);
        return !wasTold
            ? next
            : next with
            {
                Outcome = run.Outcome,
                Time = now,
                Told = [.. NotificationPolicies.WarnsOf(run)],
                IsAlerting = isAlert || (IsAlerting && !isGood && run.Outcome != RunOutcome.NothingToDo),
                Alert = isAlert ? AlertsAfter(NotificationPolicies.AlertOf(run)!, now) : Alert,
            };
    }

    /// <summary>The state after something was sent that is about no run.</summary>
    public NotificationState After(IReadOnlyList<NotificationResult> results, DateTime now)
    {
        var sent = new Dictionary<NotificationChannel, DateTime>(LastSent);
        foreach (var channel in results.GroupBy(result => result.Channel).Where(group => group.All(result => result.Status == NotificationStatus.Sent)))
        {
            sent[channel.Key] = now;
        }

        return this with { LastSent = sent, Failure = FailuresAfter(results, now) };
    }

    private Dictionary<string, DateTime> AlertsAfter(string alert, DateTime now) =>
        Alert.Where(item => item.Key != alert).OrderByDescending(item => item.Value).Take(MostAlerts - 1).Append(new(alert, now))
            .ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);

    private List<FailedNotification> FailuresAfter(IReadOnlyList<NotificationResult> results, DateTime now)
    {
        var tried = results.Where(result => result.Status != NotificationStatus.Suppressed).ToList();
        return
        [
            .. Failure.Where(failure => !tried.Any(result => result.Channel == failure.Channel)),
            .. tried.Where(result => result.Status == NotificationStatus.Failed)
                .Select(result => new FailedNotification(result.Channel, result.Target, now, result.Error ?? "", result.Recommendation ?? "")),
        ];
    }
}
