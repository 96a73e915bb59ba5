<#
.SYNOPSIS
Backup, list, test and restore on a real server.

.DESCRIPTION
MONGODB_URI names a server with a database shop that may be played with; without it, the tests are skipped. Runs under Pester, and without
it as a script. The module is found by PSModulePath (out/ after a build).
#>
if (-not (Get-Command Describe -ErrorAction Ignore)) { . (Join-Path $PSScriptRoot '..' '..' 'examples' 'Describe.ps1') }

Describe 'A backup of shop' {
    BeforeAll {
        Import-Module Traf3li.Backup
        $folder = [IO.Directory]::CreateTempSubdirectory('traf3li-pester-').FullName
        $store = @{ Destination = $folder }
        if ($env:MONGODB_URI) { $backup = New-Traf3liBackup shop @store -Type Weekly -NoUsersAndRoles }
    }

    It 'is listed' -Skip:(-not $env:MONGODB_URI) {
        $listed = Get-Traf3liBackup @store
        $listed.Key | Should -Be $backup.Key
        $listed.Status | Should -Be Complete
        $listed.Type | Should -Be Weekly
    }

    It 'is filtered' -Skip:(-not $env:MONGODB_URI) {
        Get-Traf3liBackup @store -Type Daily | Should -BeNullOrEmpty
        Get-Traf3liBackup @store -Database sh* | Should -HaveCount 1
        Get-Traf3liBackup @store -Before $backup.Date | Should -BeNullOrEmpty
    }

    It 'is shown as a table' -Skip:(-not $env:MONGODB_URI) {
        ($backup | Out-String) | Should -Match 'Weekly\s+MongoDB\s+shop'
    }

    It 'is good at every depth' -Skip:(-not $env:MONGODB_URI) {
        $backup | Test-Traf3liBackup -Depth Quick -Quiet | Should -BeTrue
        $backup | Test-Traf3liBackup -Depth Full -Quiet | Should -BeTrue
        $backup | Test-Traf3liBackup -Depth Restore -ScratchUri $env:MONGODB_URI -Quiet | Should -BeTrue
    }

    It 'is not good without a collection that is critical' -Skip:(-not $env:MONGODB_URI) {
        ($backup | Test-Traf3liBackup -CriticalCollection shop.nothing).Problem | Should -Match 'shop.nothing'
    }

    It 'tells what a restore would do, and does it' -Skip:(-not $env:MONGODB_URI) {
        $plan = $backup | Restore-Traf3liBackup -WhatIf
        $plan.TouchesLiveData | Should -BeTrue
        $result = $backup | Restore-Traf3liBackup -Confirm:$false
        $result.DocumentCount | Should -Be $backup.DocumentCount
        @($result.Namespace | Where-Object Verified -EQ $false) | Should -BeNullOrEmpty
        (Get-Traf3liBackup $result.SafetyBackupKey @store).Tag.ContainsKey('safety') | Should -BeTrue
    }

    It 'is given back by -PassThru' -Skip:(-not $env:MONGODB_URI) {
        ($backup | Restore-Traf3liBackup -ToDatabase shop_pester -PassThru -Confirm:$false).Key | Should -Be $backup.Key
    }

    It 'is refused under a key that does not exist' -Skip:(-not $env:MONGODB_URI) {
        { Restore-Traf3liBackup backups/none @store -ErrorAction Stop } | Should -Throw -ErrorId 'BackupNotFound*'
    }

    AfterAll {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
}

if ($failedTests) { exit 1 }
