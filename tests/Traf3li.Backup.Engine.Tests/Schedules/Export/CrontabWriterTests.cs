using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

public sealed class CrontabWriterTests
{
    public static TheoryData<string> Expressions => Exports.Expressions;

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Crontab_takes_it(string expression)
    {
        Tool.SkipWithout("crontab");
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "crontab");
        await File.WriteAllTextAsync(path, Exports.Daily(ScheduleFormat.Crontab, expression)[0].Text, TestContext.Current.CancellationToken);

        var (code, output) = await Tool.RunAsync("crontab", ["-n", path]);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_job_gets_its_arguments_as_they_are()
    {
        var text = Exports.Daily(ScheduleFormat.Crontab, "0 2 * * *", "UTC")[0].Text;
        var command = text.Split('\n').Single(line => line.StartsWith("0 2 * * * ", StringComparison.Ordinal))["0 2 * * * ".Length..];
        // cron itself takes the backslash before a percent sign away.
        var script = command.Replace("\\%", "%", StringComparison.Ordinal).Replace("/usr/bin/pwsh", "printf '%s\\n'", StringComparison.Ordinal);

        var (_, output) = await Tool.RunAsync("/bin/sh", ["-c", script]);

        Assert.Equal(
            ["-NoProfile", "-NonInteractive", "-File", Exports.Script, "-Type", "Daily", "-RemoveExpired", "-EnvFile", "/etc/traf3li-backup.env", "-LogPath", "/var/log/traf3li-backup/traf3li-backup-daily.log"],
            output.TrimEnd().Split('\n'));
        Assert.Contains("\n@reboot ", text, StringComparison.Ordinal);
        Assert.EndsWith(" -IfMissed\n", text, StringComparison.Ordinal);
    }
}
