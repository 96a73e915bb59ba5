using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>Says what a run was about, and what helps when it failed.</summary>
internal static class RunText
{
    /// <summary>What it did, as it stands in a sentence: <c>daily MongoDB backup of production</c>.</summary>
    public static string What(RunRecord run)
    {
        var source = run.Source is { } kind ? $"{kind} " : "";
        var type = run.Type is { } schedule && run.Source != BackupSource.Redis ? $"{schedule.ToString().ToLowerInvariant()} " : "";
        return run.Operation switch
        {
            RunOperation.Backup => $"{type}{source}backup of {run.Environment}",
            RunOperation.Restore => $"{source}restore in {run.Environment}",
            RunOperation.Test when run.Depth == VerificationDepth.Restore => $"{source}restore drill of {run.Environment}",
            RunOperation.Test => $"test of a {type}{source}backup of {run.Environment}",
            RunOperation.Copy => $"second copies of backups of {run.Environment}",
            RunOperation.Removal => $"removal of expired backups of {run.Environment}",
            RunOperation.Protection or RunOperation.Unprotection => $"hold on a backup of {run.Environment}",
            RunOperation.Initialization => "setup of the destination",
            RunOperation.Health => $"health check of {run.Environment}",
            _ => $"notification of {run.Environment}",
        };
    }

    /// <summary>What it brought, to follow what it was: <c>12.3 GB in 4 min</c>.</summary>
    public static string Yield(RunRecord run)
    {
        var amount = run switch
        {
            { Operation: RunOperation.Removal, KeyCount: var count } => $"{count} {(count == 1 ? "backup" : "backups")} removed",
            { StoredSize: { } size } => ReadableSize.Format(size),
            _ => "",
        };
        return amount.Length > 0 ? $"{amount} in {ReadableTime.Length(run.Duration)}" : $"in {ReadableTime.Length(run.Duration)}";
    }

    /// <summary>A command that helps after a failure; null where none does.</summary>
    public static string? Command(RunRecord run) => run switch
    {
        { Outcome: not (RunOutcome.Failed or RunOutcome.Cancelled) } => NotificationPolicies.HasFailedCopy(run) ? "Copy-Traf3liBackup -Missing" : null,
        { Operation: RunOperation.Backup } => $"New-Traf3liBackup{Parameter("Source", run.Source)}{Parameter("Type", run.Type)}{EnvironmentOf(run)} -Verbose",
        { Operation: RunOperation.Restore } => "Get-Traf3liBackup -Status Complete -Latest 10",
        { Operation: RunOperation.Test, Key: [var key, ..] } => $"Test-Traf3liBackup {Quoted(key)} -Depth Full",
        { Operation: RunOperation.Copy } => "Copy-Traf3liBackup -Missing",
        { Operation: RunOperation.Removal } => "Get-Traf3liRetentionPlan",
        { Operation: RunOperation.Health } => "Test-Traf3liBackupHealth | Select-Object -ExpandProperty Check",
        _ => null,
    };

    private static string Parameter<T>(string name, T? value)
        where T : struct, Enum => value is { } given ? $" -{name} {given}" : "";

    private static string EnvironmentOf(RunRecord run) => $" -Environment {Quoted(run.Environment)}";

    private static string Quoted(string text) => "'" + PlainText.Line(text, 1024).Replace("'", "''", StringComparison.Ordinal) + "'";
}
