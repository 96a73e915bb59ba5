using Traf3li.Backup.Engine.Notifications;

namespace Traf3li.Backup.Engine.Tests.Notifications;

public sealed class NotificationPoliciesTests
{
    private static readonly DateTime Now = Runs.Night;

    // What has happened before, what happens now, and what is told of it by Always, OnFailure and OnChange: a kind, or - for nothing.
    public static TheoryData<string, string, string, string, string> Table() => new()
    {
        { "", "good", "Report", "-", "Report" },
        { "", "warned", "Report", "-", "Report" },
        { "", "idle", "-", "-", "-" },
        { "", "failed", "Alert", "Alert", "Alert" },
        { "", "cancelled", "Alert", "Alert", "Alert" },
        { "", "locked", "Alert", "-", "-" },
        { "", "copy", "Report", "Alert", "Alert" },
        { "good 24h", "good", "Report", "-", "-" },
        { "good 24h", "warned", "Report", "-", "Report" },
        { "good 24h", "failed", "Alert", "Alert", "Alert" },
        { "good 15m", "failed", "Alert", "Alert", "Alert" },
        { "warned 24h", "warned", "Report", "-", "-" },
        { "warned 24h", "good", "Report", "-", "Report" },
        { "failed 15m", "failed", "-", "-", "-" },
        { "failed 23h", "failed", "-", "-", "-" },
        { "failed 24h", "failed", "Reminder", "Reminder", "Reminder" },
        { "failed 1430m", "failed", "Reminder", "Reminder", "Reminder" },
        { "failed 48h, failed 24h", "failed", "Reminder", "Reminder", "Reminder" },
        { "failed 48h, failed 15m", "failed", "-", "-", "-" },
        { "failed 15m", "unreachable", "Alert", "Alert", "Alert" },
        { "failed 30m, unreachable 15m", "failed", "-", "-", "-" },
        { "failed 15m", "good", "Recovery", "Recovery", "Recovery" },
        { "failed 15m", "warned", "Recovery", "Recovery", "Recovery" },
        { "failed 15m", "idle", "Recovery", "Recovery", "Recovery" },
        { "failed 15m", "copy", "Recovery", "Alert", "Alert" },
        { "failed 30m, good 15m", "good", "Report", "-", "-" },
        { "failed 30m, good 15m", "failed", "-", "-", "-" },
        { "failed 75m, good 60m", "failed", "Alert", "Alert", "Alert" },
        { "failed 30m, good 20m, failed 10m", "good", "Report", "-", "-" },
        { "locked 15m", "locked", "-", "-", "-" },
        { "locked 24h", "locked", "Reminder", "-", "-" },
        { "copy 15m", "copy", "Report", "-", "-" },
        { "copy 24h", "copy", "Report", "Reminder", "Reminder" },
        { "copy 15m", "good", "Report", "Recovery", "Recovery" },
        { "cancelled 24h", "cancelled", "Reminder", "Reminder", "Reminder" },
        { "cancelled 24h", "good", "Recovery", "Recovery", "Recovery" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Tells_what_the_table_says(string before, string now, string always, string onFailure, string onChange)
    {
        Assert.Equal(always, Decide(NotificationPolicy.Always, before, now));
        Assert.Equal(onFailure, Decide(NotificationPolicy.OnFailure, before, now));
        Assert.Equal(onChange, Decide(NotificationPolicy.OnChange, before, now));
        Assert.Equal("-", Decide(NotificationPolicy.Never, before, now));
    }

    [Fact]
    public void A_month_of_failures_every_15_minutes_is_told_of_once_a_day()
    {
        var state = new NotificationState();
        var sent = 0;
        for (var time = Now; time < Now.AddDays(30); time += TimeSpan.FromMinutes(15))
        {
            (state, var kind) = Step(NotificationPolicy.Always, state, time.Minute == 30 ? Runs.Unreachable : Runs.Failed, time);
            sent += kind is null ? 0 : 1;
        }

        Assert.Equal(2 * 30, sent);
        Assert.Equal(Now, state.FailingSince!.Value);
    }

    [Fact]
    public void What_fails_every_other_time_is_told_of_by_two_messages_an_hour_at_most()
    {
        var state = new NotificationState();
        var sent = 0;
        for (var turn = 0; turn < 4 * 24; turn++)
        {
            (state, var kind) = Step(NotificationPolicy.OnFailure, state, turn % 2 == 0 ? Runs.Failed : Runs.Good, Now.AddMinutes(15 * turn));
            sent += kind is null ? 0 : 1;
        }

        Assert.InRange(sent, 24, 2 * 24);
    }

    [Fact]
    public void Without_reminders_an_alert_comes_once()
    {
        var state = Step(NotificationPolicy.OnFailure, new NotificationState(), Runs.Failed, Now.AddYears(-1)).State;
        Assert.Null(NotificationPolicies.Decide(NotificationPolicy.OnFailure, Runs.Failed, state, Now, reminder: null).Kind);
    }

    [Fact]
    public void A_restore_that_only_requested_a_thaw_takes_no_alert_back()
    {
        Assert.Equal((null, NotificationKind.Reminder), AfterNothingToDo(RunOperation.Restore));
        Assert.Equal((NotificationKind.Recovery, NotificationKind.Alert), AfterNothingToDo(RunOperation.Removal));
    }

    [Fact]
    public void An_alert_dated_in_the_future_silences_nothing()
    {
        var state = Step(NotificationPolicy.OnFailure, new NotificationState(), Runs.Failed, Now.AddDays(300)).State;
        Assert.Equal(NotificationKind.Alert, NotificationPolicies.Decide(NotificationPolicy.OnFailure, Runs.Failed, state, Now, TimeSpan.FromDays(1)).Kind);
    }

    [Fact]
    public void An_alert_that_nobody_got_is_tried_again_and_its_failure_remembered_until_one_goes_through()
    {
        var decision = NotificationDecision.Send(NotificationKind.Alert);
        var state = new NotificationState().After(Runs.Failed, decision, [Result(NotificationStatus.Failed), Result(NotificationStatus.Sent, NotificationChannel.Ping)], Now);
        Assert.Equal("no route", Assert.Single(state.Failure).Error);
        Assert.Equal(NotificationKind.Alert, NotificationPolicies.Decide(NotificationPolicy.OnFailure, Runs.Failed, state, Now.AddMinutes(15), TimeSpan.FromDays(1)).Kind);

        state = state.After(Runs.Failed, decision, [Result(NotificationStatus.Sent)], Now.AddMinutes(15));
        Assert.Empty(state.Failure);
        Assert.Null(NotificationPolicies.Decide(NotificationPolicy.OnFailure, Runs.Failed, state, Now.AddMinutes(30), TimeSpan.FromDays(1)).Kind);
    }

    [Fact]
    public void A_health_check_that_warns_of_something_else_has_changed()
    {
        var (versions, both) = (Warned("Versioning s3://b"), Warned("Versioning s3://b", "StoreSpace s3://b"));
        var state = Step(NotificationPolicy.OnChange, new NotificationState(), versions, Now).State;
        (state, var same) = Step(NotificationPolicy.OnChange, state, versions, Now.AddHours(1));
        (state, var more) = Step(NotificationPolicy.OnChange, state, both, Now.AddHours(2));
        (state, var again) = Step(NotificationPolicy.OnChange, state, both, Now.AddHours(3));
        (state, var less) = Step(NotificationPolicy.OnChange, state, versions, Now.AddHours(4));
        var back = Step(NotificationPolicy.OnChange, state, both, Now.AddHours(5)).Kind;

        Assert.Equal([null, NotificationKind.Report, null, null, NotificationKind.Report], new[] { same, more, again, less, back });

        static RunRecord Warned(params string[] keys) => Runs.Warned with { Operation = RunOperation.Health, Source = null, Type = null, Key = keys };
    }

    [Fact]
    public void A_store_keeps_no_more_than_fifty_alerts()
    {
        var state = new NotificationState();
        for (var number = 0; number < 200; number++)
        {
            state = Step(NotificationPolicy.Always, state, Runs.Failed with { ErrorId = $"Error{number}" }, Now.AddMinutes(number)).State;
        }

        Assert.Equal(NotificationState.MostAlerts, state.Alert.Count);
        Assert.Contains("Error199", state.Alert.Keys);
    }

    // Of a run with nothing to do after one that failed long ago, and of one that fails again.
    private static (NotificationKind? Nothing, NotificationKind? Failure) AfterNothingToDo(RunOperation operation)
    {
        var failed = Runs.Failed with { Operation = operation };
        var state = Step(NotificationPolicy.OnFailure, new NotificationState(), failed, Now.AddHours(-25)).State;
        var (next, kind) = Step(NotificationPolicy.OnFailure, state, Runs.Good with { Operation = operation, Outcome = RunOutcome.NothingToDo }, Now.AddHours(-1));
        return (kind, Step(NotificationPolicy.OnFailure, next, failed, Now).Kind);
    }

    private static NotificationResult Result(NotificationStatus status, NotificationChannel channel = NotificationChannel.Webhook) =>
        new() { Channel = channel, Target = "example.com", Status = status, Error = status == NotificationStatus.Failed ? "no route" : null };

    private static string Decide(NotificationPolicy policy, string before, string now)
    {
        var state = new NotificationState();
        foreach (var step in before.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, age) = (step.Split(' ')[0], step.Split(' ')[1]);
            var ago = age[^1] == 'h' ? TimeSpan.FromHours(int.Parse(age[..^1])) : TimeSpan.FromMinutes(int.Parse(age[..^1]));
            // What was told before was told by whatever policy tells of it.
            var run = Run(name);
            var teller = name == "copy" ? NotificationPolicy.OnFailure : NotificationPolicy.Always;
            state = Step(policy == NotificationPolicy.Always && name == "copy" ? policy : name is "locked" && policy != NotificationPolicy.Always ? policy : teller, state, run, Now - ago).State;
        }

        return Step(policy, state, Run(now), Now).Kind?.ToString() ?? "-";
    }

    private static (NotificationState State, NotificationKind? Kind) Step(NotificationPolicy policy, NotificationState state, RunRecord run, DateTime time)
    {
        var begun = run with { StartTime = time, EndTime = time };
        var decision = NotificationPolicies.Decide(policy, begun, state, time, TimeSpan.FromDays(1));
        return (state.After(begun, decision, [Result(decision.Kind is null ? NotificationStatus.Suppressed : NotificationStatus.Sent)], time), decision.Kind);
    }

    private static RunRecord Run(string name) => name switch
    {
        "good" => Runs.Good,
        "warned" => Runs.Warned,
        "failed" => Runs.Failed,
        "unreachable" => Runs.Unreachable,
        "copy" => Runs.CopyFailed,
        "locked" => Runs.Locked,
        "cancelled" => Runs.Cancelled,
        _ => Runs.Idle,
    };
}
