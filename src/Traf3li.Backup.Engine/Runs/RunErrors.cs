using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>What the end of a run means for its record.</summary>
internal static class RunErrors
{
    private const int LongestText = 4000;

    /// <summary>A failure in words, without secrets.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        BackupException known => Shown(known.Message),
        OperationCanceledException => "It was stopped, or took too long.",
        _ => new UnexpectedErrorException(exception).Message,
    };

    /// <summary>The record with its outcome.</summary>
    public static RunRecord Complete(RunRecord record, Exception? failure, bool hasNothingToDo, CancellationToken cancellationToken)
    {
        if (failure is null)
        {
            return record with { Outcome = record.ErrorId is not null ? RunOutcome.Failed : hasNothingToDo ? RunOutcome.NothingToDo : RunOutcome.Good };
        }

        if (failure is not BackupException && cancellationToken.IsCancellationRequested)
        {
            return record with { Outcome = RunOutcome.Cancelled };
        }

        var known = failure as BackupException ?? new UnexpectedErrorException(failure);
        return record with
        {
            Outcome = failure is BackupLockedException ? RunOutcome.Locked : RunOutcome.Failed,
            ErrorId = known.ErrorId,
            Error = Shown(known.Message),
            Recommendation = Shown(known.Recommendation),
        };
    }

    /// <summary>A good run that something should be known about is one with warnings.</summary>
    public static RunRecord Judge(RunRecord record) =>
        record.Outcome == RunOutcome.Good && record.Warning.Count > 0 ? record with { Outcome = RunOutcome.Warning } : record;

    /// <summary>A text without secrets, no longer than a record may hold.</summary>
    public static string Shown(string text)
    {
        var redacted = SecretRedactor.Redact(text);
        return redacted.Length <= LongestText ? redacted : redacted[..LongestText];
    }
}
