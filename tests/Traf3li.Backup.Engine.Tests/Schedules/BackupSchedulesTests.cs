using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Tests.Configuration;

namespace Traf3li.Backup.Engine.Tests.Schedules;

public sealed class BackupSchedulesTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);
    private readonly FakeEnvironment _environment = [];

    [Fact]
    public void Defaults_are_those_of_the_guide()
    {
        _environment["MONGODB_URI"] = "mongodb://localhost";

        var all = Read();

        Assert.Equal(
            ["Daily 0 2 * * *", "Weekly 0 3 * * 0", "Monthly 0 4 1 * *", "Yearly off", "Redis 0 */6 * * *", "Oplog off"],
            all.Select(item => $"{item.Name} {item.Schedule?.Expression.Text ?? "off"}"));
        Assert.Equal(["Daily", "Weekly", "Monthly"], all.Where(item => item.IsEnabled).Select(item => item.Name));
        Assert.All(all, item => Assert.Equal("UTC", item.Schedule?.Zone.Id ?? "UTC"));
    }

    [Fact]
    public void One_is_switched_off_and_the_zone_is_set()
    {
        _environment["REDIS_URL"] = "redis://localhost";
        _environment["BACKUP_SCHEDULE_WEEKLY"] = "Off";
        _environment["BACKUP_TIMEZONE"] = "Asia/Bahrain";

        var all = Read();

        Assert.Null(all[1].Schedule);
        Assert.Equal("Asia/Bahrain", all[0].Schedule!.Zone.Id);
        Assert.Equal(["Redis"], all.Where(item => item.IsEnabled).Select(item => item.Name));
    }

    [Fact]
    public void A_description_tells_previous_and_next_and_why_one_does_not_run()
    {
        _environment["MONGODB_URI"] = "mongodb://localhost";
        _environment["BACKUP_TIMEZONE"] = "Asia/Bahrain";
        _environment["BACKUP_SCHEDULE_MONTHLY"] = "off";

        var all = Read().Select(item => ScheduleDescription.Describe(item, Now, 2)).ToList();

        Assert.Equal(new DateTime(2026, 11, 22, 23, 0, 0, DateTimeKind.Utc), all[0].PreviousRun);
        Assert.Equal(new DateTime(2026, 11, 23, 23, 0, 0, DateTimeKind.Utc), all[0].NextRun);
        Assert.Equal(["2026-11-24 02:00 +03:00", "2026-11-25 02:00 +03:00"], all[0].Upcoming.Select(run => run.ToString("yyyy-MM-dd HH:mm zzz", null)));
        Assert.Equal(["It is switched off by BACKUP_SCHEDULE_MONTHLY."], all[2].Note);
        Assert.Equal(["BACKUP_SCHEDULE_YEARLY is not set."], all[3].Note);
        Assert.Equal(["REDIS_URL is not set, so it is not expected to run."], all[4].Note);
        Assert.Null(all[2].NextRun);
    }

    [Theory]
    [InlineData("BACKUP_SCHEDULE_DAILY", "0 25 * * *", "'0 25 * * *' (from environment) has a mistake at position 3, in the hour: 25 is not within 0 to 23")]
    [InlineData("BACKUP_TIMEZONE", "Mars/Olympus", "must be a time zone")]
    public void A_wrong_setting_is_named(string name, string value, string reason)
    {
        _environment[name] = value;

        var error = Assert.Throws<ConfigurationInvalidException>(Read);

        Assert.Equal(name, error.Setting);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_are_chosen_in_any_case_and_an_unknown_one_is_refused()
    {
        Assert.Equal(["Daily", "Redis"], BackupSchedules.Choose(Read(), ["redis", "DAILY"]).Select(item => item.Name));
        Assert.Contains("'Hourly'", Assert.Throws<ConfigurationInvalidException>(() => BackupSchedules.Choose(Read(), ["Hourly"])).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ScheduledBackup> Read() =>
        BackupSchedules.From(SettingsResolver.Resolve(new ScheduleQuery { WorkingDirectory = Path.GetTempPath() }, _environment), TimeZoneInfo.Utc);
}
