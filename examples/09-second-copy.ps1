<#
.SYNOPSIS
Brings a mirror of all backups up to date, removes what it does not keep, and tests the newest copy.

.DESCRIPTION
For cron, systemd or Task Scheduler, after the nightly backup. Settings come from the environment or a .env file; the mirror is
BACKUP_COPY_DESTINATION, unless -To names another. Exit code 0: the mirror is complete. 1: something failed.

.PARAMETER To
Where the mirror is: a folder or s3://bucket/prefix.

.EXAMPLE
pwsh -NoProfile -File 09-second-copy.ps1 -To /mnt/mirror
#>
[CmdletBinding()]
param(
    [string] $To = $env:BACKUP_COPY_DESTINATION
)

$ErrorActionPreference = 'Stop'
try {
    Import-Module Traf3li.Backup
    foreach ($copy in Copy-Traf3liBackup -Missing -To $To) { "$($copy.Key) $($copy.Status)" }
    Remove-Traf3liExpiredBackup -Destination $To -Confirm:$false | ForEach-Object { "$($_.Key) removed" }

    $newest = Get-Traf3liBackup -Destination $To -Latest 1
    if (-not (Test-Traf3liBackup $newest.Key -Destination $To -Quiet)) { throw "The copy $($newest.Key) in $To is not good." }
    "$($newest.Key) is good in $To"
}
catch {
    "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { $_.ErrorDetails.RecommendedAction }
    exit 1
}
