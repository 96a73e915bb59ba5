using System.Globalization;
using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>Composes what is told of a run: what happened, what to do, the facts.</summary>
internal static class MessageComposer
{
    // A phone shows some forty characters of a subject and a mail program some ninety; the rest is for those who open it.
    private const int LongestSubject = 160;
    private const int LongestLine = 1000;
    private const int MostWarnings = 10;

    /// <summary>Composes the message about a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="kind">Why it is told of.</param>
    /// <param name="state">What is remembered of its subject, from before the run.</param>
    public static NotificationMessage Compose(RunRecord run, NotificationKind kind, NotificationState state)
    {
        var isBad = run.Outcome is RunOutcome.Failed or RunOutcome.Cancelled or RunOutcome.Locked;
        return new NotificationMessage
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{run.Id}-{kind.ToString().ToLowerInvariant()}"),
            Kind = kind,
            Severity = isBad ? Severity.Bad : run.Outcome == RunOutcome.Warning ? Severity.Warning : Severity.Good,
            Subject = PlainText.Line(Subject(run, kind, state), LongestSubject),
            Summary = PlainText.Line(Summary(run, kind, state), LongestLine),
            Advice = PlainText.Line(Advice(run, kind), LongestLine),
            Command = kind == NotificationKind.Test ? null : RunText.Command(run),
            Warning = Warnings(run),
            Fact = [.. Facts(run, state, kind).Select(fact => new Fact(fact.Name, PlainText.Line(fact.Value, LongestLine)))],
            Run = run,
        };
    }

    private static string Subject(RunRecord run, NotificationKind kind, NotificationState state)
    {
        var what = RunText.What(run);
        var why = run.Error is { Length: > 0 } error ? ": " + error : "";
        return (kind, run.Outcome) switch
        {
            (NotificationKind.Test, _) => $"Test notification of Traf3li.Backup from {run.User}",
            (NotificationKind.Reminder, RunOutcome.Failed or RunOutcome.Cancelled) => $"STILL FAILING: {what}, since {ReadableTime.Moment(state.FailingSince ?? run.StartTime)}{why}",
            (_, RunOutcome.Failed) => $"FAILED: {what}{why}",
            (_, RunOutcome.Cancelled) => $"STOPPED: {what}, after {ReadableTime.Length(run.Duration)}",
            (_, RunOutcome.Locked) => $"LOCKED OUT: {what}{why}",
            (NotificationKind.Recovery, RunOutcome.Warning) => $"Recovered, with a warning: {what}, {RunText.Yield(run)}",
            (NotificationKind.Recovery, RunOutcome.NothingToDo) => $"Recovered: {what}, nothing to do",
            (NotificationKind.Recovery, _) => $"Recovered: {what}, {RunText.Yield(run)}",
            (_, RunOutcome.Warning) when NotificationPolicies.HasFailedCopy(run) => $"COPY FAILED: {what}, {RunText.Yield(run)}",
            (_, RunOutcome.Warning) => $"WARNING: {what}, {RunText.Yield(run)}",
            _ => $"OK: {what}, {RunText.Yield(run)}",
        };
    }

    private static string Summary(RunRecord run, NotificationKind kind, NotificationState state)
    {
        var what = RunText.What(run);
        var since = state.FailingSince is { } begun ? $" It has failed since {ReadableTime.Moment(begun)}." : "";
        return (kind, run.Outcome) switch
        {
            (NotificationKind.Test, _) => "This way of telling you about backups works. Nothing else happened.",
            (_, RunOutcome.Failed) => $"The {what} failed: {run.Error ?? "no reason is known"}{(kind == NotificationKind.Reminder ? since : "")}",
            (_, RunOutcome.Cancelled) => $"The {what} was stopped before its end, by Ctrl+C, a signal or a time limit.{(kind == NotificationKind.Reminder ? since : "")}",
            (_, RunOutcome.Locked) => $"The {what} did not begin: {run.Error ?? "another run holds the lock."}",
            (NotificationKind.Recovery, _) when state.FailingSince is { } first => $"The {what} is good again. It had failed since {ReadableTime.Moment(first)}.",
            (NotificationKind.Recovery, _) => $"The {what} is good again.",
            (_, RunOutcome.Warning) when NotificationPolicies.HasFailedCopy(run) && run.Operation == RunOperation.Copy => $"Some of the {what} failed.",
            (_, RunOutcome.Warning) when NotificationPolicies.HasFailedCopy(run) => $"The {what} is good, but its second copy failed.",
            (_, RunOutcome.Warning) => $"The {what} is done, with warnings.",
            _ => $"The {what} is done.",
        };
    }

    private static string Advice(RunRecord run, NotificationKind kind) => (kind, run.Outcome) switch
    {
        (NotificationKind.Test, _) => "",
        (_, RunOutcome.Failed or RunOutcome.Locked) => run.Recommendation ?? "",
        (_, RunOutcome.Cancelled) => run.Recommendation ?? "If nobody stopped it, look at the time limit of its schedule and at the log of the machine.",
        _ when run.Copy.FirstOrDefault(copy => copy.Status == CopyStatus.Failed) is { } failed => failed.Recommendation ?? "",
        _ => "",
    };

    private static List<string> Warnings(RunRecord run)
    {
        // A run that only copies has them among its warnings.
        var warnings = run.Copy.Where(copy => copy.Status == CopyStatus.Failed && run.Operation != RunOperation.Copy).Select(copy => $"No copy of {copy.Key} at {copy.Destination}: {copy.Error}")
            .Concat(run.Warning)
            .Select(warning => PlainText.Line(warning, LongestLine))
            .ToList();
        return warnings.Count <= MostWarnings
            ? warnings
            : [.. warnings.Take(MostWarnings), string.Create(CultureInfo.InvariantCulture, $"And {warnings.Count - MostWarnings} more warnings, which the history of runs holds.")];
    }

    private static IEnumerable<Fact> Facts(RunRecord run, NotificationState state, NotificationKind kind)
    {
        if (kind != NotificationKind.Test)
        {
            yield return new Fact("Began", ReadableTime.Moment(run.StartTime));
            yield return new Fact("Took", ReadableTime.Length(run.Duration));
        }

        if (run.Key is [var key, ..])
        {
            yield return new Fact(run.Operation != RunOperation.Health ? "Key" : run.Outcome == RunOutcome.Failed ? "Critical" : "Warning", run.KeyCount > 1 ? string.Create(CultureInfo.InvariantCulture, $"{key} and {run.KeyCount - 1} more") : key);
        }

        if (run.StoredSize is { } stored)
        {
            yield return new Fact(run.Operation == RunOperation.Removal ? "Freed" : "Stored size", ReadableSize.Format(stored));
        }

        if (run.LogicalSize is { } logical)
        {
            yield return new Fact("Data", ReadableSize.Format(logical));
        }

        if (run.DocumentCount is { } count)
        {
            yield return new Fact(run.Source == BackupSource.Redis ? "Keys" : "Documents", count.ToString("N0", CultureInfo.InvariantCulture));
        }

        foreach (var copy in run.Copy.Where(copy => copy.Status != CopyStatus.Failed))
        {
            yield return new Fact("Second copy", copy.Destination);
        }

        if (run.SafetyBackupKey is { } safety)
        {
            yield return new Fact("Safety backup", safety);
        }

        if (run.Outcome is RunOutcome.Failed or RunOutcome.Cancelled or RunOutcome.Locked)
        {
            yield return new Fact("Last good", state.LastGood is { } good ? $"{ReadableTime.Moment(good)} ({ReadableTime.Length(run.EndTime - good)} before)" : "none is known");
        }

        if (run.ErrorId is { } id)
        {
            yield return new Fact("Error id", id);
        }

        yield return new Fact("Destination", run.Destination);
        yield return new Fact("Run by", run.User);
        yield return new Fact("Module", run.ModuleVersion);
    }
}
