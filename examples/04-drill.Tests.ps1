<#
.SYNOPSIS
A drill: is there a fresh backup, is it whole, does it restore?

.DESCRIPTION
Runs under Pester (Invoke-Pester ./04-drill.Tests.ps1), and without it as a script that ends with code 1 when something failed. The
destination comes from BACKUP_DESTINATION; with TEST_MONGODB_URI set, the newest backup is restored into scratch databases there, compared
and dropped. DRILL_CRITICAL_COLLECTIONS names collections, separated by commas, that must be in it and not be empty.
#>
if (-not (Get-Command Describe -ErrorAction Ignore)) { . (Join-Path $PSScriptRoot 'Describe.ps1') }

Describe 'The newest backup' {
    BeforeAll {
        Import-Module Traf3li.Backup
        $backup = Get-Traf3liBackup -Status Complete -Latest 1
        $critical = @{}
        $names = @($env:DRILL_CRITICAL_COLLECTIONS -split ',' | Where-Object { $_ })
        if ($names) { $critical.CriticalCollection = $names }
    }

    It 'exists' {
        $backup | Should -HaveCount 1
    }

    It 'is not older than 26 hours' {
        ([datetime]::UtcNow - $backup.Date).TotalHours | Should -BeLessThan 26
    }

    It 'is whole' {
        $test = $backup | Test-Traf3liBackup -Depth Full @critical
        $test.Problem | Should -BeNullOrEmpty
        $test.DocumentCount | Should -Be $backup.DocumentCount
    }

    It 'restores' -Skip:(-not $env:TEST_MONGODB_URI) {
        $test = $backup | Test-Traf3liBackup -Depth Restore @critical
        $test.Problem | Should -BeNullOrEmpty
    }
}

if ($failedTests) { exit 1 }
