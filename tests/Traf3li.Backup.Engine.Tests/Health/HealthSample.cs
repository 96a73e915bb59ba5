using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Tests.Health;

/// <summary>Facts of a system in which all is well, to be spoilt: noon of a Monday in November, a daily backup at 2 o'clock in Berlin, Redis every six hours.</summary>
internal static class HealthSample
{
    public const string Folder = "/mnt/backups";

    public static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    public static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public static readonly ScheduledBackup Daily = Schedule("Daily", BackupSource.MongoDB, BackupType.Daily, KnownSettings.ScheduleDaily, "0 2 * * *");
    public static readonly ScheduledBackup Weekly = Schedule("Weekly", BackupSource.MongoDB, BackupType.Weekly, KnownSettings.ScheduleWeekly, "0 3 * * 0");
    public static readonly ScheduledBackup Redis = Schedule("Redis", BackupSource.Redis, null, KnownSettings.ScheduleRedis, "0 */6 * * *");

    /// <summary>Backups of 30 nights, and of Redis of a week.</summary>
    public static readonly IReadOnlyList<BackupFacts> Backups =
    [
        .. Enumerable.Range(0, 30).Select(night => Backup(Now.Date.AddDays(-night).AddHours(1))),
        .. Enumerable.Range(0, 28).Select(turn => Backup(Now.Date.AddHours(11 - (6 * turn)), BackupSource.Redis, BackupType.Manual)),
    ];

    public static HealthFacts Good => new()
    {
        Now = Now,
        Environment = "production",
        Destination = Folder,
        Schedules = Found<IReadOnlyList<ScheduledBackup>>([Daily, Redis]),
        Quota = Found<long?>(null),
        DrillDays = Found(35),
        Retention = Found(new Engine.Retention.RetentionPolicy()),
        Accepted = Found<IReadOnlyList<string>>([]),
        Access = Found(true),
        Writing = Found(new StoreProbeFacts(TimeSpan.FromSeconds(1))),
        Setup = Found(new StoreFacts
        {
            Folder = new FolderFacts { FreeSpace = Fact.Of(500L << 30), TotalSpace = Fact.Of(1L << 40), Permissions = Fact.Of(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute) },
        }),
        Inventory = Found(Inventory(Backups)),
        Runs = Found(new RunFacts { Run = [.. Enumerable.Range(0, 30).Select(night => Run(Now.Date.AddDays(-night).AddHours(1)))], Drill = [Drill(12), Drill(3, BackupSource.Redis)] }),
        Locks = Found<IReadOnlyList<LockFacts>>([]),
        FailedNotifications = Found<IReadOnlyList<Engine.Notifications.FailedNotification>>([]),
        Channels = Found<IReadOnlyList<NotificationResult>>([new() { Channel = NotificationChannel.Resend, Target = "ops@example.com", Status = NotificationStatus.Sent }]),
        IsNotifying = true,
        Mongo = Found<(string, IReadOnlyList<string>)>(("MongoDB 7.0.28, ReplicaSet", [])),
        MongoRights = Found<(string, IReadOnlyList<string>)>(("12 collections and views may be read, and the oplog", [])),
        Journals = Found<IReadOnlyList<Engine.Mongo.Restore.RestoreJournalEntry>>([]),
        Redis = Found<(string, IReadOnlyList<string>)>(("redis 7.0.15, Server", [])),
        RedisRights = Found<(string, IReadOnlyList<string>)>(("replication is allowed", [])),
        Marker = Found<(Engine.Redis.Restore.UnfinishedRestore, bool)?>(null),
    };

    public static ProbeResult<T> Found<T>(T value) => new(value, null, TimeSpan.FromMilliseconds(20));

    public static ProbeResult<T> Failed<T>(string reason, string id = "ServerUnreachable") => new(default, new ProbeFailure(reason, "Start it.", id), TimeSpan.FromSeconds(1));

    public static ProbeResult<T> TimedOut<T>(string what) => new(default, new ProbeFailure($"{what} did not answer within 15 s", "Check the network.", ProbeFailure.TimedOut), TimeSpan.FromSeconds(15));

    public static BackupFacts Backup(DateTime date, BackupSource source = BackupSource.MongoDB, BackupType type = BackupType.Daily) => new()
    {
        Key = $"backups/{source}-{type}-{date:yyyy-MM-ddTHH}",
        Source = source,
        Type = type,
        Date = date,
        IsGood = true,
        Compression = CompressionMethod.Zstd,
        StoredSize = (1L << 30) + (date.Day << 20),
        ArchiveSize = (3L << 30) + (date.Day << 22),
        LogicalSize = (3L << 30) + (date.Day << 22),
        DocumentCount = 1_000_000 + date.Day,
        Duration = TimeSpan.FromSeconds(240 + date.Day),
    };

    public static InventoryFacts Inventory(IEnumerable<BackupFacts> backups)
    {
        var all = backups.OrderBy(item => item.Date).ToList();
        return new InventoryFacts
        {
            TotalSize = all.Sum(item => item.StoredSize),
            Listed = [.. all.Select(item => new ListedBackup(item.Key, item.Source, item.Type, item.Date, item.IsGood, item.ArchiveSize is not null))],
            Newest = [.. all.GroupBy(item => (item.Source, item.Type)).SelectMany(group => group.TakeLast(InventoryReader.NewestOfEach)).OrderByDescending(item => item.Date)],
        };
    }

    public static HealthFacts With(HealthFacts facts, Func<IReadOnlyList<BackupFacts>, IEnumerable<BackupFacts>> change) => facts with { Inventory = Found(Inventory(change(Backups))) };

    /// <summary>The newest daily backup, changed.</summary>
    public static HealthFacts WithNewest(Func<BackupFacts, BackupFacts> change) => With(Good, all => [change(all[0]), .. all.Skip(1)]);

    public static RunRecord Run(DateTime start, RunOutcome outcome = RunOutcome.Good, RunOperation operation = RunOperation.Backup, long stored = 1 << 30) => new()
    {
        Id = new string('0', 32),
        Operation = operation,
        Outcome = outcome,
        Source = operation == RunOperation.Removal ? null : BackupSource.MongoDB,
        Type = operation == RunOperation.Removal ? null : BackupType.Daily,
        Environment = "production",
        StartTime = start,
        EndTime = start.AddMinutes(4),
        StoredSize = stored,
        ErrorId = outcome == RunOutcome.Failed ? "StoreUnreachable" : null,
        User = "backup@db-1",
        ModuleVersion = "0.9.0",
        Destination = Folder,
    };

    public static RunRecord Drill(double daysAgo, BackupSource source = BackupSource.MongoDB, VerificationDepth depth = VerificationDepth.Restore) =>
        Run(Now.AddDays(-daysAgo), operation: RunOperation.Test) with { Source = source, Depth = depth, LogicalSize = 3L << 30 };

    public static LockFacts Lock(DateTime begun, DateTime renewed) => new(
        "mongodb-production",
        new LockText { Holder = new LockHolder("backup@db-1", new RestoreOwner("db-1", 4711, 0), "x"), Operation = "Backup", Begun = begun, LeaseSeconds = 120, Token = "t" },
        renewed,
        HasHolderEnded: false);

    public static ScheduledBackup Schedule(string name, BackupSource source, BackupType? type, Setting setting, string cron, bool hasSource = true) =>
        new(name, source, type, setting, new CronSchedule(CronParser.Parse(cron), Berlin), hasSource);
}
