using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests;

public sealed class FormatTests
{
    private static readonly BackupInfo Backup = new()
    {
        Key = "backups/daily/2026/01/mongodb-daily-production-2026-01-31T02-00-00-000Z.archive.gz",
        Destination = "/mnt/backups",
        Environment = "production",
        Database = ["shop", "crm"],
        Date = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-6.5),
        Size = 131_491_430,
        DocumentCount = 1_200_000,
        Tag = new Dictionary<string, string>(StringComparer.Ordinal) { ["ticket"] = "OPS-17" },
    };

    private static readonly ServerFacts Server = new() { Host = "db1:27017", Version = "6.0.5", Topology = "Standalone" };

    private static RestoreResult RedisResult => new()
    {
        Backup = Backup,
        Server = new ServerFacts { Host = "cache:6379", Version = "7.0.15", Topology = "Server" },
        Duration = TimeSpan.FromSeconds(30),
        Namespace = [],
        ArchiveSize = 2048,
        Redis = new RedisRestoreResult
        {
            Restored = new RedisKeyCount(1200, "db0 user:1"),
            Replaced = new RedisKeyCount(3, "db0 user:1"),
            Expired = new RedisKeyCount(0, null),
            Deleted = new RedisKeyCount(1, "db0 old"),
            Skipped = new RedisKeyCount(0, null),
            Rebuilt = new RedisKeyCount(0, null),
            Database = [new RedisRestoredDatabase(0, 4, 1200, 1200)],
        },
    };

    private static readonly ThawResult Thaw = new()
    {
        Key = Backup.Key,
        Destination = "s3://company-backups",
        Status = ThawStatus.Requested,
        StorageClass = "DEEP_ARCHIVE_ACCESS",
        Tier = ThawTier.Standard,
        Days = 7,
        ObjectCount = 1,
        Size = 131_491_430,
        ReadyBy = new DateTime(2026, 2, 1, 14, 30, 0, DateTimeKind.Utc),
    };

    public static TheoryData<object, string[]> Views => new()
    {
        { Backup with { StorageClass = "GLACIER", ThawStatus = ThawStatus.Archived }, ["125.4 MB", "Archived"] },
        { Backup with { StorageClass = "GLACIER", ThawStatus = ThawStatus.InProgress }, ["125.4 MB", "Thawing"] },
        { Backup with { StorageClass = "GLACIER", ThawStatus = ThawStatus.Thawed }, ["125.4 MB", "Complete"] },
        { Backup with { StorageClass = "GLACIER", ThawStatus = ThawStatus.Archived, Status = BackupStatus.Incomplete }, ["125.4 MB", "Incomplete"] },
        { new VerificationResult { Backup = Backup, Depth = VerificationDepth.Full, Duration = TimeSpan.Zero, Thaw = Thaw }, ["NotTested", "Full"] },
        { Thaw, ["Requested", "DEEP_ARCHIVE_ACCESS", "Standard", "125.4 MB", "2026-02-01 14:30 UTC", "2026-01-31T02-00-00-000Z"] },
        { Backup, ["Date", "Age", "6 hours", "Daily", "MongoDB", "shop, crm", "125.4 MB", "Complete"] },
        { new VerificationResult { Backup = Backup, Depth = VerificationDepth.Full, Duration = TimeSpan.FromMinutes(2), DocumentCount = 1_200_000 }, ["IsValid", "True", "Full", "1,200,000", "2 min"] },
        { new RestoreResult { Backup = Backup, Server = Server, Duration = TimeSpan.FromSeconds(30), Namespace = [new("shop.orders", "collection", 12_345, 2048, 2, 0, Verified: true)] }, ["Target", "db1:27017", "12,345", "2.0 KB", "30 s"] },
        { RedisResult, ["Target", "cache:6379", "1,200", "2.0 KB", "30 s"] },
        { new BackupPlan { Key = "k", Destination = "d", Server = Server, Consistency = BackupConsistency.Oplog, Namespace = [new("shop.orders", "collection", 7, 3072)] }, ["db1:27017", "Oplog", "3.0 KB"] },
        { new RestorePlan { Backup = Backup, Server = Server, Database = ["shop"], Action = [new(RestoreActionKind.Replace, "shop.orders", "shop.orders", 7, 9)] }, ["db1:27017", "shop", "True"] },
        { new RetentionDecision { Key = Backup.Key, Type = BackupType.Daily, Age = TimeSpan.FromDays(9), Decision = RetentionAction.Remove, Reason = [new(RetentionAction.Remove, "outside of the policy: 9th of 7 daily")] }, ["2026-01-31T02-00-00-000Z", "Daily", "9 days", "Remove", "9th of 7 daily"] },
        { new RetentionReason(RetentionAction.Keep, "3rd of 7 daily"), ["Keep", "3rd of 7 daily"] },
        { new RemovedBackup { Key = Backup.Key, Size = 3072, ObjectCount = 2, Reason = [new(RetentionAction.Remove, "outside of the policy: 9th of 7 daily")] }, ["2026-01-31T02-00-00-000Z", "3.0 KB", "9th of 7 daily"] },
        { new CopyResult { Key = Backup.Key, Destination = "/mnt/mirror", From = "/mnt/backups", Status = CopyStatus.Copied, Method = CopyMethod.Stream, Size = 3072, Duration = TimeSpan.FromSeconds(2) }, ["2026-01-31T02-00-00-000Z", "3.0 KB", "Copied", "/mnt/mirror"] },
        { new BackupHold { Key = Backup.Key, Reason = "audit 2026", HeldBy = "ann@db1", Date = DateTime.UnixEpoch }, ["2026-01-31T02-00-00-000Z", "audit 2026", "ann@db1"] },
        { new BackupHold { Key = Backup.Key, Reason = "audit 2026", HeldBy = "ann@db1", Until = DateTime.UnixEpoch.AddYears(57) }, ["audit 2026", "(until 2027-01-01 00:00", "UTC)"] },
        { new NotificationResult { Channel = NotificationChannel.Webhook, Target = "alerts.example.com", Status = NotificationStatus.Failed, Error = "it answered with status 404." }, ["Webhook", "Failed", "alerts.example.com", "status 404"] },
        { new HealthCheck { Name = "MissedRun", Subject = "Daily", Status = HealthStatus.Critical, Value = "1 run missed", Advice = "Check it." }, ["Critical", "MissedRun", "Daily", "1 run missed"] },
        { new ConfigurationSetting { Name = "MONGODB_URI", Origin = "Environment", Description = "The server.", Value = "set" }, ["MONGODB_URI", "Environment", "The server."] },
    };

    [Theory]
    [MemberData(nameof(Views), DisableDiscoveryEnumeration = true)]
    public void Shows_a_table(object item, string[] expected)
    {
        using var session = new ModuleSession();
        var table = session.Render("$args[0]", item);
        Assert.All(expected, text => Assert.Contains(text, table, StringComparison.Ordinal));
        Assert.DoesNotContain("System.", table, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Views), DisableDiscoveryEnumeration = true)]
    public void Shows_a_list(object item, string[] expected)
    {
        Assert.NotEmpty(expected);
        using var session = new ModuleSession();
        var list = session.Render("$args[0] | Format-List", item);
        Assert.Contains(" : ", list, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", list, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_of_a_backup_has_everything()
    {
        using var session = new ModuleSession();
        var list = session.Render("$args[0] | Format-List", Backup);
        var shown = typeof(BackupInfo).GetProperties().Select(property => property.Name).Except(["Manifest", "BytesPerSecond", "IsArchived"], StringComparer.Ordinal);
        Assert.All(shown, name => Assert.Contains(name, list, StringComparison.Ordinal));
        Assert.Contains("ticket=OPS-17", list, StringComparison.Ordinal);
    }

    [Fact]
    public void A_health_report_shows_the_summary_and_what_is_not_good()
    {
        using var session = new ModuleSession();
        var report = new HealthReport
        {
            Status = HealthStatus.Critical,
            Date = DateTime.UnixEpoch,
            Duration = TimeSpan.FromSeconds(2),
            Environment = "production",
            Destination = "/mnt/backups",
            Summary = ["✅ MongoDB URI: Configured", "", "❌ 1 critical"],
            Check =
            [
                new HealthCheck { Name = "StoreReachable", Subject = "/mnt/backups", Status = HealthStatus.Good, Value = "it answers" },
                new HealthCheck { Name = "SecondCopy", Subject = "second copies", Status = HealthStatus.Skipped, Value = "none is set" },
                new HealthCheck { Name = "MissedRun", Subject = "Daily", Status = HealthStatus.Critical, Value = "1 run missed", Advice = "Check the scheduler." },
            ],
        };
        var shown = session.Render("$args[0]", report);
        Assert.All(["✅ MongoDB URI: Configured", "❌ 1 critical", "Critical", "MissedRun Daily: 1 run missed", "Check the scheduler.", "3 checks in 2.0 s: 1 good, 1 skipped"], text => Assert.Contains(text, shown, StringComparison.Ordinal));
        Assert.DoesNotContain("it answers", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_stay_numbers_and_age_is_a_span()
    {
        using var session = new ModuleSession();
        Assert.Equal(131_491_430L, session.Run("$args[0].Size", Backup).Single().BaseObject);
        Assert.IsType<TimeSpan>(session.Run("$args[0].Age", Backup).Single().BaseObject);
    }
}
