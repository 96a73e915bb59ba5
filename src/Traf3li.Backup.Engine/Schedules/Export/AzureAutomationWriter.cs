using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>
/// Writes a runbook for Azure Automation, and the script that registers its schedules. Settings come from one encrypted variable of the account, which holds what a .env
/// file would.
/// </summary>
internal sealed class AzureAutomationWriter(ScheduleExportOptions options, DateTime now)
{
    private const string Runbook = "Traf3liBackup";

    /// <summary>Writes the runbook and the registration.</summary>
    /// <exception cref="ConfigurationInvalidException">A schedule cannot be expressed.</exception>
    public IReadOnlyList<ScheduleFile> Write(IReadOnlyList<ScheduledJob> jobs) =>
    [
        new ScheduleFile
        {
            Name = $"{Runbook}.ps1",
            Format = ScheduleFormat.AzureAutomation,
            Text = RunbookText,
            Install = "Import it as a runbook of PowerShell 7.4 or later, add the module Traf3li.Backup, and put the settings, a line each, into the encrypted variable Traf3liBackupSettings.",
        },
        new ScheduleFile
        {
            Name = $"Register-{Runbook}Schedule.ps1",
            Format = ScheduleFormat.AzureAutomation,
            Text = Registration(jobs),
            Install = $"./Register-{Runbook}Schedule.ps1 -ResourceGroupName GROUP -AutomationAccountName ACCOUNT, signed in by Connect-AzAccount. A run that was missed is not made up for; Test-Traf3liBackupHealth tells of it.",
        },
    ];

    private static string RunbookText => """
        #Requires -Version 7.4
        <#
        .SYNOPSIS
        Takes, tests and cleans up backups as a job of Azure Automation.

        .DESCRIPTION
        The encrypted variable Traf3liBackupSettings of the Automation account holds the settings, NAME=value a line. They become variables of this job
        alone and are never printed. The job fails when the backup does; warnings stand in its warnings.
        #>
        param(
            [ValidateSet('MongoDB', 'Redis')] [string] $Source = 'MongoDB',
            [ValidateSet('Daily', 'Weekly', 'Monthly', 'Yearly')] [string] $Type = 'Daily',
            [bool] $RemoveExpired = $false
        )

        $ErrorActionPreference = 'Stop'
        foreach ($line in (Get-AutomationVariable -Name 'Traf3liBackupSettings') -split '\r?\n') {
            if ($line -match '^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$') {
                [Environment]::SetEnvironmentVariable($Matches[1], $Matches[2].Trim('"', "'"))
            }
        }

        Import-Module Traf3li.Backup
        $backup = New-Traf3liBackup -Source $Source -Type $Type
        $backup
        $test = $backup | Test-Traf3liBackup -Depth Full
        $test
        if (-not $test.IsValid) { throw "$($backup.Key) is not good: $($test.Problem -join ' ')" }
        if ($RemoveExpired) { Remove-Traf3liExpiredBackup -Confirm:$false }

        """.ReplaceLineEndings("\n");

    private string Registration(IReadOnlyList<ScheduledJob> jobs)
    {
        var text = new StringBuilder($$"""
            #Requires -Version 7.4
            <#
            .SYNOPSIS
            Registers the schedules of the runbook {{Runbook}} with an Azure Automation account.
            #>
            [CmdletBinding()]
            param(
                [Parameter(Mandatory)] [string] $ResourceGroupName,
                [Parameter(Mandatory)] [string] $AutomationAccountName
            )

            $ErrorActionPreference = 'Stop'
            $account = @{ ResourceGroupName = $ResourceGroupName; AutomationAccountName = $AutomationAccountName }

            function Register-Run([string] $Name, [datetime] $StartTime, [hashtable] $Rhythm, [hashtable] $Parameters) {
                New-AzAutomationSchedule @account -Name $Name -StartTime $StartTime -TimeZone {{Quoting.PowerShell(ZoneNames.Iana(jobs[0].Schedule.Zone))}} @Rhythm
                Register-AzAutomationScheduledRunbook @account -RunbookName {{Quoting.PowerShell(Runbook)}} -ScheduleName $Name -Parameters $Parameters
            }


            """.ReplaceLineEndings("\n"));
        foreach (var job in jobs)
        {
            var rhythms = new AzureRhythms(job, now).Create();
            text.Append("# ").Append(job.Title).Append(": ").Append(job.Schedule.Expression.Text).Append('\n');
            for (var index = 0; index < rhythms.Count; index++)
            {
                var (start, rhythm) = rhythms[index];
                var name = rhythms.Count == 1 ? job.Id : string.Create(CultureInfo.InvariantCulture, $"{job.Id}-{index + 1}");
                text.Append("Register-Run ").Append(Quoting.PowerShell(name)).Append(" '").Append(start.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)).Append("' @{ ")
                    .Append(rhythm).Append(" } @{ ").Append(Parameters(job)).Append(" }\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private string Parameters(ScheduledJob job)
    {
        var what = job.Backup.Source == BackupSource.Redis ? "Source = 'Redis'" : $"Type = {Quoting.PowerShell(job.Backup.Name)}";
        return options.RemoveExpired ? $"{what}; RemoveExpired = $true" : what;
    }
}
