<#
.SYNOPSIS
Moves the data of a Redis or Valkey server to another one, of another version or kind too.

.DESCRIPTION
Takes a backup of the old server, shows what its restore into the new one would do, restores it, and compares every key. Values that the new server
cannot take in their stored form are written anew by ordinary commands; what it cannot hold at all is named before anything is written.
Writers should be stopped before: what they write to the old server after the backup does not come along.

.PARAMETER From
The URL of the old server.

.PARAMETER To
The URL of the new server. Keys that it has and the old one lacks are deleted.

.PARAMETER Destination
Where the backup is kept.

.EXAMPLE
./07-redis-move.ps1 redis://redis7.example:6379 redis://valkey9.example:6379 -Destination /mnt/backups
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $From,
    [Parameter(Mandatory, Position = 1)] [string] $To,
    [string] $Destination = './backups'
)

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

$backup = New-Traf3liBackup -Source Redis -Uri $From -Destination $Destination -Tag @{ reason = 'move' }
$backup | Restore-Traf3liBackup -Uri $To -WhatIf
$restore = $backup | Restore-Traf3liBackup -Uri $To -Verify
"$($restore.Redis.Restored.Count) keys moved and compared ($($restore.Redis.Rebuilt.Count) of them rebuilt), $($restore.Redis.Expired.Count) had expired."
