<#
.SYNOPSIS
Takes and tests a backup for cron, systemd, Task Scheduler or a container, and says in its exit code and a log how it went.

.DESCRIPTION
Settings come from the environment or a .env file. Exit code 0: the backup is taken and good. 1: it failed. 2: it is good, and there are
warnings in the log. 3: another run was at work, so there was nothing to do.

.PARAMETER Type
The schedule that the backup belongs to.

.PARAMETER Source
The server that is backed up: MongoDB (MONGODB_URI) or Redis (REDIS_URL).

.PARAMETER RemoveExpired
Removes afterwards what the retention policy of the settings does not keep.

.PARAMETER WaitForLock
How long to wait for another run, such as 30m.

.PARAMETER IfMissed
Takes the backup only when the last scheduled run has left none, for the start of a machine that was down. Ends with 3 when none was missed.

.PARAMETER LogPath
The file that lines are added to. Without it they are written to the output, for systemd's journal and for containers.

.EXAMPLE
pwsh -NoProfile -File 05-scheduled-task.ps1 -Type Daily -LogPath /var/log/traf3li-backup.log

.EXAMPLE
0 2 * * *  pwsh -NoProfile -File /opt/backup/05-scheduled-task.ps1 -Type Daily -EnvFile /etc/traf3li-backup.env

A line of a crontab.

.EXAMPLE
30 2 * * *  pwsh -NoProfile -File /opt/backup/05-scheduled-task.ps1 -Source Redis -EnvFile /etc/traf3li-backup.env

The nightly backup of Redis. With ?preferReplica=true in REDIS_URL a replica is read, so that the primary has no fork to pay for.
#>
[CmdletBinding()]
param(
    [ValidateSet('Daily', 'Weekly', 'Monthly', 'Yearly')] [string] $Type = 'Daily',
    [ValidateSet('MongoDB', 'Redis')] [string] $Source = 'MongoDB',
    [switch] $RemoveExpired,
    [string] $WaitForLock,
    [switch] $IfMissed,
    [string] $LogPath,
    [string] $EnvFile
)

$ErrorActionPreference = 'Stop'

function Write-Log([string] $Level, [string] $Text) {
    $line = "$([datetime]::UtcNow.ToString('yyyy-MM-dd HH:mm:ss'))Z $Level $Text"
    if ($LogPath) { Add-Content -Path $LogPath -Value $line } else { $line }
}

# Whether there is a good backup of this environment since the schedule last asked for one.
function Test-LastRun([hashtable] $Settings) {
    $name = if ($Source -eq 'Redis') { 'Redis' } else { $Type }
    $due = (Get-Traf3liBackupSchedule @Settings -Name $name).PreviousRun
    if (-not $due) { return $true }
    $labels = Get-Traf3liBackupConfiguration @Settings | Where-Object { $_.Name -in 'BACKUP_ENVIRONMENT', 'NODE_ENV' -and $_.Value }
    $query = @{ Source = $Source; Environment = @($labels)[0].Value; After = $due; Status = 'Complete'; Latest = 1 }
    if ($Source -eq 'MongoDB') { $query.Type = $Type }
    [bool] (Get-Traf3liBackup @Settings @query)
}

try {
    # Beside its module, which a scheduler's environment may not know, the script takes that.
    $module = Split-Path $PSScriptRoot
    Import-Module $(if (Test-Path (Join-Path $module 'Traf3li.Backup.dll')) { Join-Path $module 'Traf3li.Backup.psd1' } else { 'Traf3li.Backup' })
    $settings = @{}
    if ($EnvFile) { $settings.EnvFile = $EnvFile }
    if ($IfMissed -and (Test-LastRun $settings)) {
        Write-Log INFO 'No run was missed.'
        exit 3
    }

    $lock = if ($WaitForLock) { @{ WaitForLock = $WaitForLock } } else { @{} }
    $backup = New-Traf3liBackup @settings @lock -Source $Source -Type $Type -WarningAction SilentlyContinue
    Write-Log INFO "$($backup.Key): $($backup.DocumentCount) $(if ($Source -eq 'Redis') { 'keys' } else { 'documents' }), $($backup.Size) bytes, $([math]::Round($backup.Duration.TotalSeconds)) s"

    $test = $backup | Test-Traf3liBackup @settings -Depth Full -WarningAction SilentlyContinue
    foreach ($problem in $test.Problem) { Write-Log ERROR $problem }
    if (-not $test.IsValid) { exit 1 }

    $warnings = @($backup.Warning) + @($test.Warning) | Where-Object { $_ }
    if ($RemoveExpired) {
        try {
            foreach ($removed in Remove-Traf3liExpiredBackup @settings @lock -Confirm:$false -WarningAction SilentlyContinue -WarningVariable said) {
                Write-Log INFO "$($removed.Key): removed, $($removed.Reason[0].Text)"
            }
        }
        catch {
            # The backup is good all the same; what has expired goes with the next run.
            $said = @($said) + "Nothing more was removed: $_"
        }
        $warnings = @($warnings) + @($said) | Where-Object { $_ }
    }

    foreach ($warning in $warnings) { Write-Log WARN $warning }
    if ($warnings) { exit 2 }
}
catch {
    Write-Log ERROR "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { Write-Log ERROR $_.ErrorDetails.RecommendedAction }
    if ($_.FullyQualifiedErrorId -like 'BackupLocked,*') { exit 3 }
    exit 1
}
