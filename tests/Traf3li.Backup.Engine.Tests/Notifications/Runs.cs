namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Runs to be told of.</summary>
internal static class Runs
{
    public static readonly DateTime Night = new(2026, 11, 23, 2, 0, 0, DateTimeKind.Utc);

    public static readonly RunRecord Good = new()
    {
        Id = "0123456789abcdef0123456789abcdef",
        Operation = RunOperation.Backup,
        Source = BackupSource.MongoDB,
        Type = BackupType.Daily,
        Environment = "production",
        Key = ["backups/daily/2026/11/mongodb-daily-production-2026-11-23T02-00-00-000Z.archive.gz"],
        KeyCount = 1,
        StartTime = Night,
        EndTime = Night.AddSeconds(251),
        StoredSize = 13_207_024_435,
        LogicalSize = 48_318_382_080,
        DocumentCount = 81_234_567,
        User = "backup@db-1",
        ModuleVersion = "0.9.0",
        Destination = "s3://company-backups/mongodb",
    };

    public static readonly RunRecord Failed = Good with
    {
        Outcome = RunOutcome.Failed,
        Key = [],
        KeyCount = 0,
        StoredSize = null,
        LogicalSize = null,
        DocumentCount = null,
        ErrorId = "DiskFull",
        Error = "disk full on /mnt/backups: 0 B free.",
        Recommendation = "Free space on /mnt/backups, or set BACKUP_DESTINATION to a larger disk.",
    };

    public static readonly RunRecord Unreachable = Failed with { ErrorId = "ServerUnreachable", Error = "db-1:27017 cannot be reached." };

    public static readonly RunRecord Warned = Good with { Outcome = RunOutcome.Warning, Warning = ["A standalone server has no oplog, so the backup is no single state."] };

    public static readonly RunRecord CopyFailed = Good with
    {
        Outcome = RunOutcome.Warning,
        Copy = [new CopyResult { Key = Good.Key[0], Destination = "s3://elsewhere", Status = CopyStatus.Failed, Error = "access denied.", Recommendation = "Grant s3:PutObject there." }],
    };

    public static readonly RunRecord Locked = Failed with { Outcome = RunOutcome.Locked, ErrorId = "BackupLocked", Error = "backup@db-2 holds the lock.", Recommendation = "Wait for it." };

    public static readonly RunRecord Cancelled = Failed with { Outcome = RunOutcome.Cancelled, ErrorId = null, Error = null, Recommendation = null };

    public static readonly RunRecord Idle = Good with { Outcome = RunOutcome.NothingToDo };
}
