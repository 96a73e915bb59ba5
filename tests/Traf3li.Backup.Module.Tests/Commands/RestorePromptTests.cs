using Traf3li.Backup.Commands;

namespace Traf3li.Backup.Module.Tests.Commands;

public sealed class RestorePromptTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Says_what_is_at_stake()
    {
        var text = new RestorePrompt(Plan(hostEnvironment: null), Now).Question;
        foreach (var part in new[]
        {
            "backups/daily/x.archive.gz", "2026-02-01 02:00:00 UTC", "6 hours ago", "environment production", "db1:27017", "database shop",
            "Replaces shop.orders (about 1,200 documents now).", "Drops shop.drafts (about 5 documents now).", "Creates shop.new.",
            "WARNING: Views are dropped first.",
        })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Asks_again_only_about_a_host_of_another_environment()
    {
        Assert.Null(new RestorePrompt(Plan(hostEnvironment: null), Now).ForeignEnvironmentQuestion);
        var question = new RestorePrompt(Plan("staging"), Now).ForeignEnvironmentQuestion;
        Assert.Contains("environment production", question, StringComparison.Ordinal);
        Assert.Contains("recorded for staging", question, StringComparison.Ordinal);
    }

    [Fact]
    public void Speaks_of_keys_where_the_backup_is_of_Redis()
    {
        var plan = new RestorePlan
        {
            Backup = new BackupInfo { Key = "backups/redis/x.rdb.gz", Source = BackupSource.Redis, Date = Now.UtcDateTime.AddHours(-6) },
            Server = new ServerFacts { Host = "cache:6379", Version = "7.0.15", Topology = "Server" },
            Database = ["0", "3", "4"],
            KeyPattern = ["session:*"],
            Action =
            [
                new RestoreAction(RestoreActionKind.Replace, "db0", "db0", 1000, 1200),
                new RestoreAction(RestoreActionKind.Create, "db3", "db3", 5, null),
                new RestoreAction(RestoreActionKind.Drop, "db4", null, null, 7),
            ],
        };
        Assert.EndsWith(
            "to cache:6379, databases 0, 3, 4. Only keys like session:*. Replaces the keys of db0 (about 1,200 keys now). Deletes the keys of db4 (about 7 keys now). Fills db3.",
            new RestorePrompt(plan, Now).Description,
            StringComparison.Ordinal);
    }

    private static RestorePlan Plan(string? hostEnvironment) => new()
    {
        Backup = new BackupInfo { Key = "backups/daily/x.archive.gz", Date = Now.UtcDateTime.AddHours(-6), Environment = "production" },
        Server = new ServerFacts { Host = "db1:27017", Version = "6.0.5", Topology = "Standalone" },
        Database = ["shop"],
        Action =
        [
            new RestoreAction(RestoreActionKind.Replace, "shop.orders", "shop.orders", 1000, 1200),
            new RestoreAction(RestoreActionKind.Drop, "shop.drafts", null, null, 5),
            new RestoreAction(RestoreActionKind.Create, "shop.new", "shop.new", 1, null),
        ],
        HostEnvironment = hostEnvironment,
        Warning = ["Views are dropped first."],
    };
}
