using System.Text;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Health;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Health.Judgements;
using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Tests.Health;

/// <summary>Spoils one thing at a time and compares what is judged otherwise with a golden file; with TRAF3LI_WRITE_GOLDEN=1 writes that instead, to be looked at.</summary>
public sealed class HealthJudgementTests
{
    private static readonly DateTime Now = HealthSample.Now;

    private static readonly (string Name, HealthFacts Facts)[] Spoilt =
    [
        ("the store is gone", NoStore(HealthSample.Good, "StoreUnreachable")),
        ("the store hangs", NoStore(HealthSample.Good, ProbeFailure.TimedOut)),
        ("the bucket refuses the login", NoStore(HealthSample.Good with { IsBucket = true, Destination = "s3://b" }, "StoreAccessDenied")),
        ("the store may only be read", HealthSample.Good with { Writing = HealthSample.Failed<StoreProbeFacts>("s3:PutObject is not allowed.", "StoreAccessDenied") }),
        ("the clock is 20 minutes off", HealthSample.Good with { Writing = HealthSample.Found(new StoreProbeFacts(TimeSpan.FromMinutes(-20))) }),
        ("the clock is two hours off", HealthSample.Good with { Writing = HealthSample.Found(new StoreProbeFacts(TimeSpan.FromHours(2))) }),
        ("a bucket as the guide advises", HealthSample.Good with { Setup = HealthSample.Found(Bucket(BucketVersioning.Enabled, new PublicAccessBlock(true, true, true, true), "AES256", new ObjectLockDefault(true, "COMPLIANCE", 30))) }),
        ("a bare bucket", HealthSample.Good with { Setup = HealthSample.Found(Bucket(BucketVersioning.Off, PublicAccessBlock.None, "", new ObjectLockDefault(false))) }),
        ("a public bucket", HealthSample.Good with { Setup = HealthSample.Found(Bucket(BucketVersioning.Enabled, PublicAccessBlock.None, "AES256", new ObjectLockDefault(false), isPublic: true)) }),
        ("a bucket that ignores access lists", HealthSample.Good with { Setup = HealthSample.Found(Bucket(BucketVersioning.Enabled, new PublicAccessBlock(false, true, true, true), "AES256", new ObjectLockDefault(false))) }),
        ("rules as they are advised", Rules(
            new LifecycleRuleFacts { Id = "archive", IsEnabled = true, Prefix = "backups/", LargerThan = 64 << 20, StorageClass = "GLACIER", MovedAfterDays = 90 },
            new LifecycleRuleFacts { Id = "rest", IsEnabled = true, OldVersionsRemovedAfterDays = 30, UploadsAbortedAfterDays = 2 })),
        ("rules for something else", Rules(
            new LifecycleRuleFacts { Id = "logs", IsEnabled = true, Prefix = "logs/", RemovesObjects = true, RemovedAfterDays = 1 },
            new LifecycleRuleFacts { Id = "off", Prefix = "backups/", StorageClass = "GLACIER", MovedAfterDays = 1 })),
        ("a rule moves manifests", Rules(new LifecycleRuleFacts { Id = "cold", IsEnabled = true, Prefix = "backups/daily/", StorageClass = "DEEP_ARCHIVE", MovedAfterDays = 30 })),
        ("a rule removes backups before retention does", Rules(new LifecycleRuleFacts { Id = "short", IsEnabled = true, RemovesObjects = true, RemovedAfterDays = 3 })),
        ("a rule removes backups on a date", Rules(new LifecycleRuleFacts { Id = "once", IsEnabled = true, RemovesObjects = true })),
        ("a rule removes backups after retention has", Rules(new LifecycleRuleFacts { Id = "late", IsEnabled = true, RemovesObjects = true, RemovedAfterDays = 400 })),
        ("rules may not be asked for", HealthSample.Good with { Setup = HealthSample.Found(new StoreFacts { Bucket = Advised().Bucket! with { Lifecycle = Fact.Unknown<IReadOnlyList<LifecycleRuleFacts>>("s3:GetLifecycleConfiguration is not allowed.") } }) }),
        ("a bare bucket that is meant to be so", HealthSample.Good with
        {
            Setup = HealthSample.Found(Bucket(BucketVersioning.Off, PublicAccessBlock.None, "", new ObjectLockDefault(false))),
            Accepted = HealthSample.Found<IReadOnlyList<string>>(["Versioning", "PublicAccess", "Encryption"]),
        }),
        ("what is critical cannot be accepted", HealthSample.Good with
        {
            Setup = HealthSample.Found(Bucket(BucketVersioning.Enabled, PublicAccessBlock.None, "AES256", new ObjectLockDefault(false), isPublic: true)),
            Accepted = HealthSample.Found<IReadOnlyList<string>>(["PublicAccess"]),
        }),
        ("what is accepted cannot be read", HealthSample.Good with { Accepted = HealthSample.Failed<IReadOnlyList<string>>("BACKUP_HEALTH_ACCEPT: 'MissedRun' cannot be accepted.", "ConfigurationInvalid") }),
        ("the disk is nearly full", HealthSample.Good with { Setup = HealthSample.Found(Disk(20L << 30)) }),
        ("the disk has no room for a backup", HealthSample.Good with { Setup = HealthSample.Found(Disk(100 << 20)) }),
        ("a quota that is reached in ten days", HealthSample.Good with { Quota = HealthSample.Found<long?>(69L << 30) }),
        ("removals keep the level", HealthSample.Good with
        {
            Quota = HealthSample.Found<long?>(80L << 30),
            Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with
            {
                Run = [.. HealthSample.Good.Runs.Value!.Run.SelectMany(run => new[] { HealthSample.Run(run.StartTime.AddHours(1), operation: RunOperation.Removal), run })],
            }),
        }),
        ("a quota that is no size", HealthSample.Good with { Quota = HealthSample.Failed<long?>("BACKUP_QUOTA: 'much' must be a size.", "ConfigurationInvalid") }),
        ("mongod is down", HealthSample.Good with { Mongo = HealthSample.Failed<(string, IReadOnlyList<string>)>("db-1:27017 cannot be reached."), MongoRights = HealthSample.Failed<(string, IReadOnlyList<string>)>("x"), Journals = HealthSample.Failed<IReadOnlyList<RestoreJournalEntry>>("x") }),
        ("a right is missing", HealthSample.Good with { MongoRights = HealthSample.Failed<(string, IReadOnlyList<string>)>("The user may not find on shop.orders.", "NotAuthorized") }),
        ("redis hangs", HealthSample.Good with { Redis = HealthSample.TimedOut<(string, IReadOnlyList<string>)>("the Redis server"), RedisRights = HealthSample.TimedOut<(string, IReadOnlyList<string>)>("x"), Marker = HealthSample.TimedOut<(UnfinishedRestore, bool)?>("x") }),
        ("redis must be read key by key", HealthSample.Good with { RedisRights = HealthSample.Found<(string, IReadOnlyList<string>)>(("keys may be read one by one", ["cache:6379 gives this user no replication stream."])) }),
        ("redis is not used", HealthSample.Good with { Redis = null, RedisRights = null, Marker = null, Schedules = HealthSample.Found<IReadOnlyList<ScheduledBackup>>([HealthSample.Daily]) }),
        ("nothing is set", HealthSample.Good with { Mongo = null, Redis = null, Schedules = HealthSample.Found<IReadOnlyList<ScheduledBackup>>([HealthSample.Daily with { HasSource = false }]) }),
        ("a restore was stopped in MongoDB", HealthSample.Good with { Journals = HealthSample.Found<IReadOnlyList<RestoreJournalEntry>>([new("shop", "0123456789ab", "backups/k", true, false, ["shop"], [], new RestoreOwner("db-1", 1, 0), true)]) }),
        ("a restore was stopped in Redis", HealthSample.Good with { Marker = HealthSample.Found<(UnfinishedRestore, bool)?>((Unfinished(), false)) }),
        ("a restore is at work in Redis", HealthSample.Good with { Marker = HealthSample.Found<(UnfinishedRestore, bool)?>((Unfinished(), true)) }),
        ("the oplog is long", Oplog(TimeSpan.FromDays(2))),
        ("the oplog is short", Oplog(TimeSpan.FromMinutes(40))),
        ("the oplog is shorter than a slice", Oplog(TimeSpan.FromMinutes(10))),
        ("there is no oplog", Oplog(null)),
        ("a cron expression is wrong", HealthSample.Good with { Schedules = HealthSample.Failed<IReadOnlyList<ScheduledBackup>>("BACKUP_SCHEDULE_DAILY: hour 25 is too large.", "ConfigurationInvalid") }),
        ("no backup since Friday", HealthSample.With(HealthSample.Good, all => all.Where(item => item.Source == BackupSource.Redis || item.Date < Now.AddDays(-2.5))) with { Runs = NoRuns() }),
        ("the last run failed", HealthSample.With(HealthSample.Good, all => all.Skip(1)) with { Runs = Runs(HealthSample.Run(Now.Date.AddHours(1), RunOutcome.Failed)) }),
        ("one run is missing in the past", HealthSample.With(HealthSample.Good, all => all.Where(item => item != HealthSample.Backups[3])) with
        {
            Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Run = [.. HealthSample.Good.Runs.Value!.Run.Where((_, night) => night != 3)] }),
        }),
        ("the backup of this night is at work", HealthSample.With(HealthSample.Good, all => all.Skip(1)) with { Locks = HealthSample.Found<IReadOnlyList<LockFacts>>([HealthSample.Lock(Now.Date.AddHours(1), Now.AddSeconds(-20))]) }),
        ("a weekly schedule never ran", HealthSample.Good with { Schedules = HealthSample.Found<IReadOnlyList<ScheduledBackup>>([HealthSample.Daily, HealthSample.Weekly, HealthSample.Redis]) }),
        ("a weekly schedule began with the first backup yesterday", HealthSample.With(HealthSample.Good, all => all.Where(item => item.Date > Now.AddDays(-0.6))) with
        {
            Schedules = HealthSample.Found<IReadOnlyList<ScheduledBackup>>([HealthSample.Daily, HealthSample.Weekly, HealthSample.Redis]),
            Runs = NoRuns(),
        }),
        ("the store is empty", HealthSample.With(HealthSample.Good, _ => []) with { Runs = NoRuns() }),
        ("the newest lost its object", HealthSample.WithNewest(item => item with { IsGood = false })),
        ("the newest is a safety backup", HealthSample.WithNewest(item => item with { IsSafety = true })),
        ("the newest is empty", HealthSample.WithNewest(item => item with { DocumentCount = 0, LogicalSize = 0 })),
        ("the newest is tiny", HealthSample.WithNewest(item => item with { LogicalSize = 5 << 20 })),
        ("the newest is half the size", HealthSample.WithNewest(item => item with { LogicalSize = item.LogicalSize / 2 })),
        ("the newest no longer compresses", HealthSample.WithNewest(item => item with { StoredSize = item.ArchiveSize!.Value - 1000 })),
        ("the newest compresses less", HealthSample.WithNewest(item => item with { StoredSize = item.StoredSize * 2 })),
        ("the newest is plain and has no manifest", HealthSample.WithNewest(item => item with { ArchiveSize = null, LogicalSize = null, DocumentCount = null, Duration = null, Compression = CompressionMethod.None })),
        ("backups take ever longer", HealthSample.With(HealthSample.Good, all => all.Select((item, night) => night < 5 ? item with { Duration = TimeSpan.FromHours(1) } : item))),
        ("one slow night", HealthSample.WithNewest(item => item with { Duration = TimeSpan.FromHours(1) })),
        ("the drill is old", HealthSample.Good with { Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Drill = [HealthSample.Drill(50, depth: VerificationDepth.Full), HealthSample.Drill(3, BackupSource.Redis)] }) }),
        ("no drill yet", HealthSample.Good with { Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Drill = [] }) }),
        ("no drill for months, of which retention has left the backups of a week", HealthSample.With(HealthSample.Good, all => all.Where(item => item.Date > Now.AddDays(-7))) with
        {
            Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Drill = [HealthSample.Drill(3, BackupSource.Redis)], Earlier = [HealthSample.Run(Now.AddDays(-36))] }),
        }),
        ("drills are never due", HealthSample.Good with { DrillDays = HealthSample.Found(int.MaxValue), Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Drill = [HealthSample.Drill(50)] }) }),
        ("the drill is dated in the future", HealthSample.Good with { Runs = HealthSample.Found(HealthSample.Good.Runs.Value! with { Drill = [HealthSample.Drill(-300), HealthSample.Drill(50), HealthSample.Drill(3, BackupSource.Redis)] }) }),
        ("a backup is dated in the future", HealthSample.With(HealthSample.Good, all => all.Append(HealthSample.Backup(Now.AddYears(2))))),
        ("a backup is dated in the future, and none was taken since Friday", HealthSample.With(HealthSample.Good, all => all.Where(item => item.Source == BackupSource.Redis || item.Date < Now.AddDays(-2.5)).Append(HealthSample.Backup(Now.AddYears(2)))) with { Runs = NoRuns() }),
        ("no drill for months", HealthSample.With(HealthSample.Good, all => all.Append(HealthSample.Backup(Now.AddDays(-60)))) with { Runs = NoRuns() }),
        ("the mirror is complete", Copies(HealthSample.Backups.Select(item => item.Key))),
        ("the mirror lacks the last night", Copies(HealthSample.Backups.Where(item => item.Date < Now.AddDays(-1)).Select(item => item.Key))),
        ("the mirror lacks three nights", Copies(HealthSample.Backups.Where(item => item.Date < Now.AddDays(-3)).Select(item => item.Key))),
        ("the mirror keeps only three nights by its own retention", Copies(HealthSample.Backups.Where(item => item.Date > Now.AddDays(-3)).Select(item => item.Key), hasRetention: true)),
        ("the mirror is empty", Copies([])),
        ("the mirror with a retention of its own gets Redis only", Copies(HealthSample.Backups.Where(item => item.Source == BackupSource.Redis || item.Date < Now.AddDays(-3)).Select(item => item.Key), hasRetention: true)),
        ("the mirror's own retention keeps no weekly ones", HealthSample.With(Copies(HealthSample.Backups.Where(item => item.Date > Now.AddDays(-3)).Select(item => item.Key), hasRetention: true), all => all.Append(HealthSample.Backup(Now.AddDays(-2), type: BackupType.Weekly)))),
        ("a copy is cut off", WithSizes(Copies([]), item => item.Key == HealthSample.Backups[4].Key ? 999 : 1000)),
        ("the mirror has lost its archives", WithSizes(Copies([]), _ => 0)),
        ("a rule removes copies before their retention does", Copies(HealthSample.Backups.Select(item => item.Key), hasRetention: true) with
        {
            CopySetup = HealthSample.Found(new StoreFacts { Bucket = Advised().Bucket! with { Lifecycle = Fact.Of<IReadOnlyList<LifecycleRuleFacts>>([new LifecycleRuleFacts { Id = "short", IsEnabled = true, RemovesObjects = true, RemovedAfterDays = 2 }]) } }),
        }),
        ("a rule that suits the retention of copies", Copies(HealthSample.Backups.Select(item => item.Key), hasRetention: true) with
        {
            CopySetup = HealthSample.Found(new StoreFacts { Bucket = Advised().Bucket! with { Lifecycle = Fact.Of<IReadOnlyList<LifecycleRuleFacts>>([]) } }),
        }),
        ("the mirror is gone", HealthSample.Good with { CopyDestination = "/mnt/mirror", Copies = HealthSample.Failed<CopyFacts>("/mnt/mirror cannot be reached.", "StoreUnreachable") }),
        ("a run died", HealthSample.Good with { Locks = HealthSample.Found<IReadOnlyList<LockFacts>>([HealthSample.Lock(Now.AddHours(-3), Now.AddHours(-2))]) }),
        ("a run goes on for two days", HealthSample.Good with { Locks = HealthSample.Found<IReadOnlyList<LockFacts>>([HealthSample.Lock(Now.AddDays(-2), Now.AddSeconds(-10))]) }),
        ("notifications are off", HealthSample.Good with { IsNotifying = false, Channels = HealthSample.Found<IReadOnlyList<NotificationResult>>([]) }),
        ("notifications have no way to go", HealthSample.Good with { Channels = HealthSample.Found<IReadOnlyList<NotificationResult>>([]) }),
        ("the key of Resend is wrong", HealthSample.Good with { Channels = HealthSample.Found<IReadOnlyList<NotificationResult>>([new() { Channel = NotificationChannel.Resend, Target = "ops@example.com", Status = NotificationStatus.Failed, Error = "API key is invalid", Recommendation = "Create a key." }]) }),
        ("a notification failed", HealthSample.Good with { FailedNotifications = HealthSample.Found<IReadOnlyList<FailedNotification>>([new(NotificationChannel.Smtp, "ops@example.com", Now.AddHours(-10), "mail.example.com refused the login.", "Correct BACKUP_SMTP_PASSWORD.")]) }),
    ];

    [Fact]
    public void When_all_is_well_nothing_is_said()
    {
        var checks = HealthJudgement.Judge(HealthSample.Good);
        Assert.All(checks, check => Assert.True(check.Status is HealthStatus.Good or HealthStatus.Skipped, check.ToString()));
        Assert.Equal(HealthStatus.Good, HealthVerdict.Of(checks));
        AssertGolden("good.txt", Text(HealthSample.Good, checks));
    }

    [Fact]
    public void What_is_spoilt_is_named_with_advice()
    {
        var usual = HealthJudgement.Judge(HealthSample.Good).ToHashSet();
        var text = new StringBuilder();
        foreach (var (name, facts) in Spoilt)
        {
            var checks = HealthJudgement.Judge(facts);
            Assert.All(checks.Where(check => check.Status is HealthStatus.Warning or HealthStatus.Critical or HealthStatus.Unknown), check => Assert.False(string.IsNullOrEmpty(check.Advice), check.ToString()));
            text.Append("# ").Append(name).Append('\n').Append(Text(facts, [.. checks.Where(check => !usual.Contains(check))])).Append('\n');
        }

        AssertGolden("spoilt.txt", text.ToString());
    }

    [Fact]
    public void The_summary_says_the_five_lines_of_the_guide() => Assert.Equal(
        """
        ✅ S3 Credentials: Configured
        ✅ MongoDB URI: Configured
        ✅ Redis Connection: Connected
        ✅ Email Notifications: Configured
        ✅ Scheduled Jobs: 2 job(s)

        ✅ All systems operational
        """,
        string.Join(Environment.NewLine, HealthSummary.Write(HealthJudgement.Judge(HealthSample.Good with { IsBucket = true }), 2)));

    private static HealthFacts NoStore(HealthFacts facts, string id) => facts with
    {
        Access = HealthSample.Failed<bool>("it does not answer.", id),
        Writing = HealthSample.Failed<StoreProbeFacts>("it does not answer.", id),
        Setup = HealthSample.Failed<StoreFacts>("it does not answer.", id),
        Inventory = HealthSample.Failed<InventoryFacts>("it does not answer.", id),
        Runs = HealthSample.Failed<RunFacts>("it does not answer.", id),
        Locks = HealthSample.Failed<IReadOnlyList<LockFacts>>("it does not answer.", id),
        FailedNotifications = HealthSample.Failed<IReadOnlyList<FailedNotification>>("it does not answer.", id),
    };

    private static ProbeResult<RunFacts> NoRuns() => HealthSample.Found(new RunFacts());

    private static ProbeResult<RunFacts> Runs(RunRecord newest) => HealthSample.Found(HealthSample.Good.Runs.Value! with { Run = [newest, .. HealthSample.Good.Runs.Value!.Run.Skip(1)] });

    private static StoreFacts Disk(long free) => new() { Folder = HealthSample.Good.Setup.Value!.Folder! with { FreeSpace = Fact.Of(free) } };

    private static StoreFacts Bucket(BucketVersioning versioning, PublicAccessBlock access, string encryption, ObjectLockDefault locked, bool isPublic = false, params LifecycleRuleFacts[] rules) => new()
    {
        Bucket = new BucketFacts
        {
            Name = "b",
            Prefix = "",
            Versioning = Fact.Of(versioning),
            Encryption = Fact.Of(encryption),
            PublicAccess = Fact.Of(access),
            IsPolicyPublic = Fact.Of(isPublic),
            ObjectLock = Fact.Of(locked),
            Lifecycle = Fact.Of<IReadOnlyList<LifecycleRuleFacts>>(rules),
        },
    };

    private static StoreFacts Advised(params LifecycleRuleFacts[] rules) =>
        Bucket(BucketVersioning.Enabled, new PublicAccessBlock(true, true, true, true), "AES256", new ObjectLockDefault(false), isPublic: false, rules);

    private static HealthFacts Rules(params LifecycleRuleFacts[] rules) => HealthSample.Good with { Setup = HealthSample.Found(Advised(rules)) };

    private static UnfinishedRestore Unfinished() => new()
    {
        Id = new string('0', 32),
        BackupKey = "backups/k",
        Scope = "all keys",
        Owner = new RestoreOwner("db-1", 1, 0),
        BeganAt = 1_795_430_000,
        SeenAt = 1_795_430_000,
    };

    private static HealthFacts Oplog(TimeSpan? window) => HealthSample.Good with
    {
        Schedules = HealthSample.Found<IReadOnlyList<ScheduledBackup>>(
            [HealthSample.Daily, HealthSample.Redis, HealthSample.Schedule("Oplog", BackupSource.MongoDB, null, KnownSettings.ScheduleOplog, "*/15 * * * *")]),
        OplogWindow = HealthSample.Found(window),
    };

    private static HealthFacts Copies(IEnumerable<string> keys, bool hasRetention = false) => HealthSample.Good with
    {
        CopyDestination = "/mnt/mirror",
        HasCopyRetention = hasRetention,
        CopyRetention = HealthSample.Found(new Engine.Retention.RetentionPolicy { Daily = 3, Weekly = 0 }),
        Copies = HealthSample.Found(new CopyFacts(keys.ToDictionary(key => key, _ => (long?)null, StringComparer.Ordinal))),
    };

    // Of each backup here all has so many bytes, as the listing tells.
    private static HealthFacts WithSizes(HealthFacts facts, Func<ListedBackup, long?> copied) => facts with
    {
        Inventory = HealthSample.Found(facts.Inventory.Value! with { Listed = [.. facts.Inventory.Value!.Listed.Select(item => item with { Size = 1000 })] }),
        Copies = HealthSample.Found(new CopyFacts(facts.Inventory.Value!.Listed.ToDictionary(item => item.Key, copied, StringComparer.Ordinal))),
    };

    private static string Text(HealthFacts facts, IReadOnlyList<HealthCheck> checks)
    {
        var text = new StringBuilder();
        foreach (var check in checks)
        {
            text.Append(check.Status).Append(' ').Append(check.Name).Append(" [").Append(check.Subject).Append("] ").Append(check.Value);
            text.Append(check.Threshold is null ? "" : $" | {check.Threshold}").Append(check.Advice is null ? "" : $" -> {check.Advice}").Append('\n');
        }

        return text.Append(HealthSummary.Write(HealthJudgement.Judge(facts), HealthJudgement.CountJobs(facts))[^1]).Append('\n').ToString();
    }

    private static void AssertGolden(string name, string text)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Traf3li.Backup.sln")))
        {
            folder = folder.Parent!;
        }

        var file = Path.Combine(folder.FullName, "tests", "Traf3li.Backup.Engine.Tests", "Health", "Golden", name);
        if (Environment.GetEnvironmentVariable("TRAF3LI_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), text);
    }
}
