<#
.SYNOPSIS
Takes and tests the nightly backup of a Redis server, and says in its exit code and a log file how it went.

.DESCRIPTION
The server comes from REDIS_URL, the destination from BACKUP_DESTINATION, or both from a .env file. A replica is read where there is one, so
that the primary has no fork to pay for. Exit code 0: the backup is taken and good. 1: it failed. 2: it is good, and there are warnings in the log,
such as that the server refuses replication and was read key by key.

.PARAMETER LogPath
The file that lines are added to.

.EXAMPLE
30 2 * * *  pwsh -NoProfile -File /opt/backup/06-redis-nightly.ps1 -EnvFile /etc/traf3li-backup.env

A line of a crontab.
#>
[CmdletBinding()]
param(
    [string] $LogPath = './traf3li-backup.log',
    [string] $EnvFile
)

$ErrorActionPreference = 'Stop'

function Write-Log([string] $Level, [string] $Text) {
    Add-Content -Path $LogPath -Value "$([datetime]::UtcNow.ToString('yyyy-MM-dd HH:mm:ss'))Z $Level $Text"
}

try {
    Import-Module Traf3li.Backup
    $settings = @{}
    if ($EnvFile) { $settings.EnvFile = $EnvFile }

    $backup = New-Traf3liBackup @settings -Source Redis -Type Daily -PreferReplica -WarningAction SilentlyContinue
    Write-Log INFO "$($backup.Key): $($backup.DocumentCount) keys, $($backup.Size) bytes, $([math]::Round($backup.Duration.TotalSeconds)) s"

    $test = $backup | Test-Traf3liBackup @settings -Depth Full -WarningAction SilentlyContinue
    foreach ($problem in $test.Problem) { Write-Log ERROR $problem }
    if (-not $test.IsValid) { exit 1 }

    $warnings = @($backup.Warning) + @($test.Warning) | Where-Object { $_ }
    foreach ($warning in $warnings) { Write-Log WARN $warning }
    if ($warnings) { exit 2 }
}
catch {
    Write-Log ERROR "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { Write-Log ERROR $_.ErrorDetails.RecommendedAction }
    exit 1
}
