using System.Globalization;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

public sealed class SystemdWriterTests
{
    private const string Program = "systemd-analyze";

    public static TheoryData<string> Expressions => Exports.Expressions;

    [Fact]
    public async Task Units_pass_systemds_own_check()
    {
        Tool.SkipWithout(Program);
        using var folder = new TemporaryFolder();
        var options = new ScheduleExportOptions { WorkingDirectory = "/", Format = ScheduleFormat.SystemdTimer, Script = Exports.Script, PowerShell = "/bin/true", User = "root" };
        var files = Exports.Write(options, new() { ["MONGODB_URI"] = "mongodb://localhost", ["REDIS_URL"] = "redis://localhost" });
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, file.Name), file.Text, TestContext.Current.CancellationToken);
        }

        var (code, output) = await Tool.RunAsync(Program, ["verify", "--man=no", .. files.Select(file => Path.Combine(folder.Path, file.Name))]);

        Assert.True(code == 0, output);
        Assert.Equal("", output.Trim());
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Systemd_runs_it_when_we_say(string expression)
    {
        Tool.SkipWithout(Program);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        var start = new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);
        var calendars = Exports.Daily(ScheduleFormat.SystemdTimer, expression, zone.Id)[1].Text.Split('\n')
            .Where(line => line.StartsWith("OnCalendar=", StringComparison.Ordinal)).Select(line => line["OnCalendar=".Length..]);
        var runs = new List<DateTime>();
        foreach (var calendar in calendars)
        {
            var (code, output) = await Tool.RunAsync(Program, ["calendar", "--iterations=30", "--base-time=2026-11-23 10:00:00 UTC", calendar]);
            Assert.True(code == 0, output);
            runs.AddRange(output.Split('\n').Where(line => line.Contains("UTC", StringComparison.Ordinal) && !line.Contains("Normalized", StringComparison.Ordinal) && !line.Contains("Original", StringComparison.Ordinal)).Select(Time).OfType<DateTime>());
        }

        var expected = new CronSchedule(CronParser.Parse(expression), zone).Between(start, start.AddYears(150)).Take(20).ToList();
        Assert.Equal(expected, runs.Distinct().Order().Take(20));
    }

    [Fact]
    public void A_missed_run_is_made_up_for_and_warnings_are_no_failure()
    {
        var files = Exports.Daily(ScheduleFormat.SystemdTimer, "0 2 * * *");

        Assert.Contains("\nPersistent=true\n", files[1].Text, StringComparison.Ordinal);
        Assert.Contains("\nOnCalendar=*-*-* 02:00:00 Europe/Berlin\n", files[1].Text, StringComparison.Ordinal);
        Assert.Contains("\nSuccessExitStatus=2 3\n", files[0].Text, StringComparison.Ordinal);
        Assert.Contains("-File \"/opt/it's a \\\"backup\\\" 100%%/$$HOME/05-scheduled-task.ps1\" -Type Daily -RemoveExpired -EnvFile /etc/traf3li-backup.env\n", files[0].Text, StringComparison.Ordinal);
    }

    // "(in UTC): Tue 2026-11-24 02:00:00 UTC", or the "Next elapse" line where the machine's own zone is UTC.
    private static DateTime? Time(string line)
    {
        var at = line.LastIndexOf(" UTC", StringComparison.Ordinal);
        return at >= 19 && DateTime.TryParseExact(
            line[(at - 19)..at], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }
}
