using Traf3li.Backup.Engine.Schedules.Export;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

public sealed class ScheduleExportTests
{
    private readonly FakeEnvironment _environment = new()
    {
        ["MONGODB_URI"] = "mongodb://root:hunter2@localhost",
        ["REDIS_URL"] = "redis://:hunter2@localhost",
        ["AWS_SECRET_ACCESS_KEY"] = "hunter2",
        ["RESEND_API_KEY"] = "hunter2",
        ["BACKUP_SCHEDULE_YEARLY"] = "0 5 1 1 *",
        ["BACKUP_SCHEDULE_MONTHLY"] = "off",
    };

    [Theory]
    [InlineData(ScheduleFormat.Crontab, "traf3li-backup.crontab")]
    [InlineData(ScheduleFormat.SystemdTimer, "traf3li-backup-daily.service, traf3li-backup-daily.timer, traf3li-backup-weekly.service, traf3li-backup-weekly.timer, traf3li-backup-yearly.service, traf3li-backup-yearly.timer, traf3li-backup-redis.service, traf3li-backup-redis.timer")]
    [InlineData(ScheduleFormat.TaskScheduler, "traf3li-backup-daily.xml, traf3li-backup-weekly.xml, traf3li-backup-yearly.xml, traf3li-backup-redis.xml")]
    [InlineData(ScheduleFormat.AzureAutomation, "Traf3liBackup.ps1, Register-Traf3liBackupSchedule.ps1")]
    [InlineData(ScheduleFormat.Kubernetes, "traf3li-backup.yaml")]
    public void What_is_switched_on_is_exported_without_any_secret(ScheduleFormat format, string names)
    {
        var files = Exports.Write(Options(format), _environment);

        Assert.Equal(names, string.Join(", ", files.Select(file => file.Name)));
        Assert.All(files, file => Assert.DoesNotContain("hunter2", file.Text + file.Install, StringComparison.Ordinal));
        Assert.All(files, file => Assert.DoesNotContain("Monthly", file.Text.Replace("'Monthly'", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void What_is_not_switched_on_is_exported_when_it_is_named_unless_it_is_off()
    {
        _environment.Remove("REDIS_URL");

        Assert.Single(Exports.Write(Options(ScheduleFormat.TaskScheduler) with { Name = ["Redis"] }, _environment));
        var error = Assert.Throws<ConfigurationInvalidException>(() => Exports.Write(Options(ScheduleFormat.TaskScheduler) with { Name = ["Monthly"] }, _environment));
        Assert.Contains("none of the schedules runs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_of_the_oplog_are_left_out_with_a_warning()
    {
        _environment["BACKUP_SCHEDULE_OPLOG"] = "*/15 * * * *";
        var reporter = new RecordingReporter();

        var files = Exports.Write(Options(ScheduleFormat.TaskScheduler), _environment, reporter);

        Assert.DoesNotContain(files, file => file.Name.Contains("oplog", StringComparison.Ordinal));
        Assert.Contains("BACKUP_SCHEDULE_OPLOG", Assert.Single(reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_that_the_machine_does_not_have_is_warned_of()
    {
        _environment["BACKUP_TIMEZONE"] = "Europe/Berlin";
        var reporter = new RecordingReporter();

        Assert.Contains("CRON_TZ=Europe/Berlin\n", Exports.Write(Options(ScheduleFormat.Crontab), _environment, reporter)[0].Text, StringComparison.Ordinal);
        Exports.Write(Options(ScheduleFormat.TaskScheduler), _environment, reporter);

        Assert.Equal(2, reporter.Warnings.Count);
        Assert.All(reporter.Warnings, warning => Assert.Contains("Europe/Berlin", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0 1 */2 * 1", ScheduleFormat.TaskScheduler)]
    [InlineData("0 1 */2 * 1", ScheduleFormat.AzureAutomation)]
    [InlineData("0 1 */2 * 1", ScheduleFormat.Kubernetes)]
    [InlineData("0 1 * 2 1", ScheduleFormat.AzureAutomation)]
    [InlineData("*/7 1-20 * * *", ScheduleFormat.TaskScheduler)]
    [InlineData("*/7 1-20 * * *", ScheduleFormat.AzureAutomation)]
    public void What_a_scheduler_cannot_express_is_refused(string expression, ScheduleFormat format)
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => Exports.Daily(format, expression));

        Assert.Equal("BACKUP_SCHEDULE_DAILY", error.Setting);
    }

    [Fact]
    public void A_job_of_kubernetes_needs_an_image() =>
        Assert.Equal("Image", Assert.Throws<ConfigurationInvalidException>(() => Exports.Daily(ScheduleFormat.Kubernetes, "0 2 * * *", image: null)).Setting);

    [Theory]
    [InlineData(ScheduleFormat.Crontab)]
    [InlineData(ScheduleFormat.SystemdTimer)]
    [InlineData(ScheduleFormat.TaskScheduler)]
    [InlineData(ScheduleFormat.Kubernetes)]
    public void A_line_end_cannot_smuggle_a_line_in(ScheduleFormat format)
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => Exports.Write(Options(format) with { Script = "/opt/a.ps1\n* * * * * root reboot" }, _environment));

        Assert.Equal("ScriptPath", error.Setting);
    }

    [Fact]
    public void Files_are_written_into_a_folder()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "units");

        var files = ScheduleFiles.Save(Exports.Write(Options(ScheduleFormat.TaskScheduler), _environment), target);

        Assert.All(files, file => Assert.Equal(file.Text, File.ReadAllText(file.Path!)));
        Assert.Equal([0xFF, 0xFE], File.ReadAllBytes(files[0].Path!)[..2]);
        Assert.Equal(files.Count, Directory.GetFiles(target).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<ConfigurationInvalidException>(() => ScheduleFiles.Save(Exports.Write(Options(ScheduleFormat.Crontab), _environment), file));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    private static ScheduleExportOptions Options(ScheduleFormat format) => new() { WorkingDirectory = "/", Format = format, Script = "/opt/backup/05-scheduled-task.ps1", Image = "backup:1" };
}
