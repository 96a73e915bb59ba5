<#
.SYNOPSIS
Brings some keys of the newest Redis backup back into a scratch server, to look at them there.

.DESCRIPTION
The destination comes from BACKUP_DESTINATION, the scratch server from TEST_REDIS_URL. Other keys of the scratch server stay. From there a key
can be looked at, or copied to the live server by hand.

.PARAMETER KeyPattern
The keys, as KEYS and SCAN take them: * any characters, ? one, [abc] one of these.

.PARAMETER DatabaseIndex
The database that they are in.

.EXAMPLE
./06-redis-restore-pattern.ps1 'session:42*'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $KeyPattern,
    [int] $DatabaseIndex = 0
)

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

if (-not $env:TEST_REDIS_URL) { throw 'TEST_REDIS_URL names no scratch server.' }
$backup = Get-Traf3liBackup -Source Redis -Status Complete -Latest 1
if (-not $backup) { throw 'There is no Redis backup.' }

# -Merge: what else is on the scratch server is none of our business, and there is nothing to save from it.
$restore = $backup | Restore-Traf3liBackup -Uri $env:TEST_REDIS_URL -KeyPattern $KeyPattern -DatabaseIndex $DatabaseIndex -Merge -NoSafetyBackup -Verify
"$($restore.Redis.Restored.Count) keys like $KeyPattern are on the scratch server, as they were on $($backup.Date.ToString('u'))."
