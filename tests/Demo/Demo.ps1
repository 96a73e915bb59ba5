<#
.SYNOPSIS
Shows a backup, a mistake and a restore on a sample database.

.DESCRIPTION
With MONGODB_URI set, it plays on that server, in a new database of its own that it drops in the end; no other is touched. Else it starts
a throwaway mongod, or a container where there is none. It leaves nothing running and no files, also when it is stopped by Ctrl+C. build.ps1 Demo builds it and runs it.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
$version = (Import-PowerShellDataFile -LiteralPath (Join-Path $root 'Traf3li.Backup.psd1')).ModuleVersion
$module = Join-Path $root 'out' 'Traf3li.Backup' $version
$program = Join-Path $PSScriptRoot 'bin' 'Release' 'net10.0' 'Traf3li.Backup.Demo.dll'
$given = $env:MONGODB_URI
$clock = [Diagnostics.Stopwatch]::StartNew()

function Write-Heading([string] $Text) { Write-Host; Write-Host $Text -ForegroundColor Cyan }
function Write-Command([string] $Text) { Write-Host "PS> $Text" -ForegroundColor DarkGray }
function Format-Size([double] $Bytes) { if ($Bytes -ge 1MB) { '{0:n1} MB' -f ($Bytes / 1MB) } else { '{0:n1} KB' -f ($Bytes / 1KB) } }

# The demo's server answers a line of JSON to each line.
function Read-Answer {
    $line = $server.StandardOutput.ReadLine()
    if ($null -eq $line) {
        Write-Host 'The demo was stopped; nothing is left running.'
        exit 1
    }
    $answer = $line | ConvertFrom-Json
    if ($answer -isnot [array] -and $answer.Error) { throw "The demo server says: $($answer.Error)" }
    $answer
}

function Invoke-Shop([string] $Command) {
    $server.StandardInput.WriteLine($Command)
    Read-Answer
}

function Write-Content([object[]] $Content) {
    foreach ($item in $Content) {
        Write-Host ('  {0,-12} {1,-11} {2,8:n0} documents {3,10}   {4}' -f $item.Name, $item.Type, $item.Count, (Format-Size $item.Bytes), $(if ($item.Indexes) { "indexes: $($item.Indexes)" })).TrimEnd()
    }
}

$start = [Diagnostics.ProcessStartInfo]::new('dotnet')
$start.ArgumentList.Add($program)
$start.RedirectStandardInput = $true
$start.RedirectStandardOutput = $true
$server = [Diagnostics.Process]::Start($start)
$folder = [IO.Directory]::CreateTempSubdirectory('traf3li-demo-').FullName
try {
    Import-Module (Join-Path $module 'Traf3li.Backup.psd1')
    $place = Read-Answer
    if ($null -eq $place) {
        Write-Host ('There is no mongod to play on. Install MongoDB Community Server (https://www.mongodb.com/try/download/community), so ' +
            'that mongod is on PATH, or name its program in TRAF3LI_TEST_MONGOD, or set MONGODB_URI to a server that you may create a ' +
            'database on, such as one started by: docker run --rm -p 27017:27017 mongo:7. Then run the demo again.')
        exit 1
    }

    if ($place.IsOwn) {
        $env:MONGODB_URI = $place.Uri
        Write-Host "A throwaway MongoDB server runs for this demo; it is gone when the demo ends."
    }
    else {
        Write-Host "The demo uses the server of MONGODB_URI. It touches only $($place.Database) there, a new database that it drops in the end."
    }

    $database = $place.Database
    Write-Heading "1. A shop with some data ($database)"
    $before = @(Invoke-Shop 'fill')
    Write-Content $before

    Write-Heading '2. Back it up'
    Write-Command "New-Traf3liBackup $database -Type Daily -Destination $folder"
    $backup = New-Traf3liBackup $database -Type Daily -Destination $folder -NoUsersAndRoles -WarningAction SilentlyContinue
    Write-Host "  $($backup.Key)"
    Write-Host ('  {0:n0} documents, {1}, stored in {2} ({3:n1} to 1), read back and compared' -f $backup.DocumentCount, (Format-Size $backup.LogicalSize), (Format-Size $backup.Size), ($backup.LogicalSize / $backup.Size))

    Write-Heading '3. List what there is'
    Write-Command "Get-Traf3liBackup -Destination $folder"
    (Get-Traf3liBackup -Destination $folder | Format-Table | Out-String -Width 110).Trim() -split "`n" | ForEach-Object { Write-Host "  $($_.TrimEnd())" }

    Write-Heading '4. Test it'
    Write-Command "Get-Traf3liBackup -Latest 1 -Destination $folder | Test-Traf3liBackup -Depth Full"
    $test = Get-Traf3liBackup -Latest 1 -Destination $folder | Test-Traf3liBackup -Depth Full
    if (-not $test.IsValid) { throw "The backup is not good: $($test.Problem -join ' ')" }
    Write-Host ('  good: {0:n0} documents of {1} collections parsed, counted and hashed' -f $test.DocumentCount, $test.NamespaceCount)

    Write-Heading '5. A mistake'
    Write-Command "db.orders.drop()"
    $damaged = @(Invoke-Shop 'drop orders')
    Write-Host ('  orders: {0:n0} documents before, {1:n0} now' -f ($before | Where-Object Name -EQ 'orders').Count, @($damaged | Where-Object Name -EQ 'orders').Count)

    Write-Heading '6. Restore'
    Write-Command "Get-Traf3liBackup -Latest 1 -Destination $folder | Restore-Traf3liBackup -Namespace $database.orders"
    $restore = Get-Traf3liBackup -Latest 1 -Destination $folder | Restore-Traf3liBackup -Namespace "$database.orders" -Confirm:$false
    Write-Host ('  {0:n0} documents and {1} indexes are back, counted and hashed before they went live' -f $restore.DocumentCount, ($restore.Namespace | Measure-Object IndexCount -Sum).Sum)

    Write-Heading '7. Proof'
    Write-Host '  SHA-256 over all documents, indexes and options, read from the server before the backup and now:'
    $after = @(Invoke-Shop 'report')
    $different = 0
    foreach ($item in $before) {
        $now = $after | Where-Object Name -EQ $item.Name
        $same = $now -and $now.Hash -eq $item.Hash -and $now.Count -eq $item.Count
        if (-not $same) { $different++ }
        Write-Host ('  {0,-12} {1}  {2}  {3}' -f $item.Name, $item.Hash.Substring(0, 16), $(if ($now) { $now.Hash.Substring(0, 16) } else { 'missing' }), $(if ($same) { 'equal' } else { 'DIFFERENT' }))
    }

    if ($different -or $after.Count -ne $before.Count) { throw 'The database is not what it was.' }

    Write-Heading 'Time'
    foreach ($step in @('backup', $backup), @('test', $test), @('restore', $restore)) {
        Write-Host ('  {0,-8} {1,5:n1} s' -f $step[0], $step[1].Duration.TotalSeconds)
    }

    Write-Host ('  {0,-8} {1,5:n1} s' -f 'all', $clock.Elapsed.TotalSeconds)
    Write-Heading 'The same with your own database'
    Write-Host "  Import-Module $(Join-Path $module 'Traf3li.Backup.psd1')"
    Write-Host "  `$env:MONGODB_URI = 'mongodb://user:password@host:27017/database?authSource=admin'"
    Write-Host '  New-Traf3liBackup -Destination /mnt/backups        # or s3://bucket/prefix'
    Write-Host '  Get-Traf3liBackup -Latest 1 -Destination /mnt/backups | Test-Traf3liBackup'
    Write-Host '  Get-Traf3liBackup -Latest 1 -Destination /mnt/backups | Restore-Traf3liBackup -WhatIf'
    Write-Host
}
finally {
    $env:MONGODB_URI = $given
    $server.StandardInput.Close()
    $server.WaitForExit()
    $server.Dispose()
    [IO.Directory]::Delete($folder, $true)
}
