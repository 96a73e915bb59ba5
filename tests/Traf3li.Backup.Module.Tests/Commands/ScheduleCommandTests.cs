using System.Management.Automation.Language;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;

namespace Traf3li.Backup.Module.Tests.Commands;

[Collection(SharedServerCollection.Name)]
public sealed class ScheduleCommandTests(MongoFixture mongo) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-schedule-").FullName;

    [Fact]
    public void The_table_tells_previous_and_next_run()
    {
        using var session = new ModuleSession();

        var table = session.Render("Get-Traf3liBackupSchedule Daily, Yearly -TimeZone Asia/Bahrain -Date '2026-11-23T10:00:00Z'");

        Assert.Contains("0 2 * * *", table, StringComparison.Ordinal);
        Assert.Contains("2026-11-22 23:00", table, StringComparison.Ordinal);
        Assert.Contains("2026-11-24 02:00 +03:00", table, StringComparison.Ordinal);
        Assert.Contains("BACKUP_SCHEDULE_YEARLY is not set", table.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_writes_no_file()
    {
        using var session = new ModuleSession();

        session.Run("Export-Traf3liBackupSchedule Daily -As Crontab -Path $args[0] -WhatIf", Path.Combine(_folder, "none"));

        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void A_job_runs_the_script_that_comes_with_the_module()
    {
        using var session = new ModuleSession();

        var text = (string)session.Run("(Export-Traf3liBackupSchedule Daily -As Crontab).Text").Single().BaseObject;

        var script = text.Split('\n').Single(line => line.StartsWith("0 2 * * * ", StringComparison.Ordinal)).Split(' ').Single(word => word.EndsWith(".ps1", StringComparison.Ordinal));
        Assert.True(File.Exists(script), script);
    }

    [Theory]
    [InlineData("0 2 * * *", "traf3li-backup-daily 02:00 DayInterval=1")]
    [InlineData("0 3 * * 0,3", "traf3li-backup-daily 03:00 DaysOfWeek=Sunday Wednesday;WeekInterval=1")]
    [InlineData("0 4 1,15 * *", "traf3li-backup-daily 04:00 DaysOfMonth=1 15;MonthInterval=1")]
    [InlineData("0 5 1 1 *", "traf3li-backup-daily 05:00 DaysOfMonth=1;MonthInterval=12")]
    [InlineData("0 2,14 * * 6", "traf3li-backup-daily-1 02:00 DaysOfWeek=Saturday;WeekInterval=1|traf3li-backup-daily-2 14:00 DaysOfWeek=Saturday;WeekInterval=1")]
    public async Task Azure_gets_schedules_that_say_the_same(string expression, string expected)
    {
        var files = Export(expression);
        Assert.All(files, file => Assert.Empty(Mistakes(file)));
        var script = Path.Combine(_folder, "calls.ps1");
        await File.WriteAllTextAsync(script, $$"""
            function New-AzAutomationSchedule($ResourceGroupName, $AutomationAccountName, $Name, [datetime] $StartTime, $TimeZone, $DayInterval, $WeekInterval, $MonthInterval, $HourInterval, [DayOfWeek[]] $DaysOfWeek, [int[]] $DaysOfMonth) {
                $rhythm = foreach ($key in $PSBoundParameters.Keys | Sort-Object) { if ($key -match 'Interval|Days') { "$key=$($PSBoundParameters[$key])" } }
                if ($ResourceGroupName -ne 'group' -or $AutomationAccountName -ne 'account' -or $TimeZone -ne 'Asia/Bahrain') { throw 'account or zone is wrong' }
                "CALL $Name $($StartTime.ToString('HH:mm')) $($rhythm -join ';')"
            }
            function Register-AzAutomationScheduledRunbook($ResourceGroupName, $AutomationAccountName, $RunbookName, $ScheduleName, [hashtable] $Parameters) {
                if ($RunbookName -ne 'Traf3liBackup' -or $Parameters.Type -ne 'Daily' -or -not $Parameters.RemoveExpired) { throw 'the runbook is called wrongly' }
            }
            & '{{files.Single(file => file.Contains("Register", StringComparison.Ordinal))}}' -ResourceGroupName group -AutomationAccountName account
            """);

        var run = await HostProcess.RunAsync(script, _folder, new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(expected, string.Join('|', run.Output.Split('\n').Where(line => line.StartsWith("CALL ", StringComparison.Ordinal)).Select(line => line["CALL ".Length..].TrimEnd())));
    }

    [Fact]
    public async Task The_runbook_takes_a_backup_with_the_settings_of_the_account()
    {
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        Directory.CreateDirectory(Path.Combine(_folder, "store"));
        var runbook = Export("0 2 * * *").Single(file => !file.Contains("Register", StringComparison.Ordinal));
        var script = Path.Combine(_folder, "job.ps1");
        await File.WriteAllTextAsync(script, $$"""
            function Get-AutomationVariable($Name) { "# settings`nMONGODB_URI={{server.Uri}}`r`nBACKUP_DESTINATION='{{_folder}}/store'`nBACKUP_ENVIRONMENT=azure" }
            & '{{runbook}}' -Type Weekly -RemoveExpired $true
            """);

        var run = await HostProcess.RunAsync(script, _folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["PSModulePath"] = Path.Combine(Artifact.RepositoryRoot, "out") });

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("Weekly", run.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "store", "backups", "weekly"), "mongodb-weekly-azure-*.archive.gz", SearchOption.AllDirectories));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Export(string expression)
    {
        var settings = Path.Combine(_folder, "settings.env");
        var target = Path.Combine(_folder, "azure");
        File.WriteAllText(settings, $"BACKUP_SCHEDULE_DAILY={expression}");
        using var session = new ModuleSession();
        session.Run("Export-Traf3liBackupSchedule Daily -As AzureAutomation -TimeZone Asia/Bahrain -RemoveExpired -EnvFile $args[0] -Path $args[1]", settings, target);
        return Directory.GetFiles(target);
    }

    private static IEnumerable<string> Mistakes(string path)
    {
        Parser.ParseFile(path, out _, out var errors);
        return errors.Select(error => error.Message);
    }
}
