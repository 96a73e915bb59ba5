<#
.SYNOPSIS
Takes a first backup to a folder, lists it and tests it.

.DESCRIPTION
The server comes from MONGODB_URI, or from a .env file in the current folder.

.PARAMETER Destination
The folder; it is created when it does not exist.

.EXAMPLE
./01-first-backup.ps1 -Destination /mnt/backups
#>
[CmdletBinding()]
param([string] $Destination = './backups')

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

# What would be read and written; nothing is.
New-Traf3liBackup -Destination $Destination -WhatIf

$backup = New-Traf3liBackup -Destination $Destination
Get-Traf3liBackup -Destination $Destination

$test = $backup | Test-Traf3liBackup -Depth Full
if (-not $test.IsValid) { throw "The backup is not good: $($test.Problem -join ' ')" }
"$($backup.Key) is good: $($test.DocumentCount) documents read back."
