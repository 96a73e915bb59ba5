<#
.SYNOPSIS
Brings one collection back from the newest backup that holds it, beside the live one or in its place.

.DESCRIPTION
The server comes from MONGODB_URI, the destination from BACKUP_DESTINATION. Only the blocks of that collection are read.

.PARAMETER Namespace
The collection, as database.collection.

.PARAMETER Replace
Replaces the live collection, after a question and a safety backup. Without it, the copy goes to the database NAME_restored.

.EXAMPLE
./03-restore-one-collection.ps1 shop.orders

.EXAMPLE
./03-restore-one-collection.ps1 shop.orders -Replace
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [ValidatePattern('^[^.]+\..+$')] [string] $Namespace,
    [switch] $Replace
)

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

$database = $Namespace.Split('.')[0]
$backup = Get-Traf3liBackup -Database $database -Status Complete -Latest 1
if (-not $backup) { throw "No backup holds the database $database." }

if ($Replace) {
    $backup | Restore-Traf3liBackup -Namespace $Namespace
}
else {
    $backup | Restore-Traf3liBackup -Namespace $Namespace -ToDatabase "${database}_restored"
}
