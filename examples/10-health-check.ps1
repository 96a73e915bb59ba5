<#
.SYNOPSIS
Checks the health of backups and ends with a code that a scheduler understands.

.DESCRIPTION
For cron, systemd or Task Scheduler, every hour. Settings come from the environment or a .env file. With BACKUP_NOTIFICATION_ENABLED=true a change is told of.
Exit code 0: all is well. 1: critical, or the check itself failed. 2: warnings.

.PARAMETER Timeout
How long each check may take.

.PARAMETER Accept
Checks whose warnings are meant to be so, with commas between, such as Versioning,Encryption. BACKUP_HEALTH_ACCEPT serves as well.

.EXAMPLE
pwsh -NoProfile -File 10-health-check.ps1

.EXAMPLE
17 * * * * pwsh -NoProfile -File /opt/backup/10-health-check.ps1 >> /var/log/backup-health.log
#>
[CmdletBinding()]
param(
    [string] $Timeout = '15s',
    [string] $Accept
)

$ErrorActionPreference = 'Stop'
try {
    Import-Module Traf3li.Backup
    $accepted = if ($Accept) { @{ Accept = $Accept -split ',' } } else { @{} }
    $health = Test-Traf3liBackupHealth -Timeout $Timeout @accepted
}
catch {
    "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { $_.ErrorDetails.RecommendedAction }
    exit 1
}

$health.Summary
foreach ($check in $health.Check | Where-Object Status -In 'Accepted', 'Warning', 'Unknown', 'Critical') {
    "$($check.Status) $($check.Name) $($check.Subject): $($check.Value)"
    if ($check.Advice) { "  $($check.Advice)" }
}

exit $health.ExitCode
