namespace Traf3li.Backup.Engine.Tests.Runs;

/// <summary>Records of runs that the test dates.</summary>
internal static class Records
{
    public static readonly DateTime Now = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);

    public static RunRecord At(DateTime start, RunOperation operation = RunOperation.Backup, RunOutcome outcome = RunOutcome.Good, double minutes = 10, long size = 1000) => new()
    {
        Id = Guid.NewGuid().ToString("n"),
        Operation = operation,
        Outcome = outcome,
        Source = BackupSource.MongoDB,
        Type = BackupType.Daily,
        Environment = "production",
        StartTime = start,
        EndTime = start.AddMinutes(minutes),
        StoredSize = size,
        LogicalSize = size * 4,
        User = "backup@db1",
        ModuleVersion = "0.1.0",
        Destination = "/mnt/backups",
    };

    /// <summary>So many days before <see cref="Now" />.</summary>
    public static RunRecord Ago(double days, RunOperation operation = RunOperation.Backup, RunOutcome outcome = RunOutcome.Good, double minutes = 10, long size = 1000) =>
        At(Now.AddDays(-days), operation, outcome, minutes, size);
}
