<#
.SYNOPSIS
Checks the health of backups and ends with a code that a scheduler understands.

.DESCRIPTION
For cron, systemd or Task Scheduler, every hour. Settings come from the environment or a .env file. With BACKUP_NOTIFICATION_ENABLED=true a change is told of.
Exit code 0: all is well. 1: critical, or the check itself failed. 2: warnings.

.PARAMETER Timeout
How long each check may take.

.EXAMPLE
pwsh -NoProfile -File 10-health-check.ps1

.EXAMPLE
17 * * * * pwsh -NoProfile -File /opt/backup/10-health-check.ps1 >> /var/log/backup-health.log
#>
[CmdletBinding()]
param(
    [string] $Timeout = '15s'
)

$ErrorActionPreference = 'Stop'
try {
    Import-Module Traf3li.Backup
    $health = Test-Traf3liBackupHealth -Timeout $Timeout
}
catch {
    "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { $_.ErrorDetails.RecommendedAction }
    exit 1
}

$health.Summary
foreach ($check in $health.Check | Where-Object Status -In 'Warning', 'Unknown', 'Critical') {
    "$($check.Status) $($check.Name) $($check.Subject): $($check.Value)"
    if ($check.Advice) { "  $($check.Advice)" }
}

exit $health.ExitCode
