<#
.SYNOPSIS
Sets a destination up for backups, and writes the least IAM policies of those who use it.

.DESCRIPTION
Says first what would be done, then does it. To run it again does what is left, and changes nothing else. The policies are one file for each: backup.json,
restore.json, retention.json, protection.json; attach each to a user or role of its own. A folder has none.
Exit code 0: all is set up. 1: it failed. 2: the store refused something, which is shown.

.PARAMETER Destination
A folder, or s3://bucket/prefix, with ?endpoint= for a store other than AWS. Without it BACKUP_DESTINATION counts.

.PARAMETER PolicyFolder
Where the policies go; none are written without it.

.PARAMETER ObjectLock
Governance or Compliance: how new objects of the bucket are locked.

.EXAMPLE
./11-set-up-destination.ps1 -Destination 's3://shop-backups?region=eu-central-1' -PolicyFolder ./policies
#>
[CmdletBinding()]
param(
    [string] $Destination,
    [string] $PolicyFolder,
    [ValidateSet('Governance', 'Compliance')] [string] $ObjectLock
)

$ErrorActionPreference = 'Stop'
$where = if ($Destination) { @{ Destination = $Destination } } else { @{} }
$lock = if ($ObjectLock) { @{ ObjectLock = $ObjectLock } } else { @{} }
try {
    Import-Module Traf3li.Backup
    $plan = Initialize-Traf3liBackupStore @where @lock -WhatIf
    "$(@($plan | Where-Object Status -EQ WouldDo).Count) of $(@($plan).Count) steps are left to do at $($plan[0].Destination)."
    $steps = Initialize-Traf3liBackupStore @where @lock -Confirm:$false -ErrorAction Continue -WarningAction SilentlyContinue
    foreach ($step in $steps) { "$($step.Status) $($step.Name): $($step.Detail)" }

    if ($PolicyFolder) {
        $null = New-Item -ItemType Directory -Path $PolicyFolder -Force
        foreach ($policy in 'Backup', 'Restore', 'Retention', 'Protection') {
            Initialize-Traf3liBackupStore @where -AsPolicy $policy | Set-Content -Path (Join-Path $PolicyFolder "$($policy.ToLowerInvariant()).json")
        }
    }
}
catch {
    "$($_.FullyQualifiedErrorId): $_"
    if ($_.ErrorDetails.RecommendedAction) { $_.ErrorDetails.RecommendedAction }
    exit 1
}

exit $(if ($steps.Status -contains 'Refused') { 2 } else { 0 })
