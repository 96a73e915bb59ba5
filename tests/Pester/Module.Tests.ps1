<#
.SYNOPSIS
The module as its users meet it: commands, help, settings and errors. Needs no server.

.DESCRIPTION
Runs under Pester, and without it as a script. The module is found by PSModulePath (out/ after a build).
#>
if (-not (Get-Command Describe -ErrorAction Ignore)) { . (Join-Path $PSScriptRoot '..' '..' 'examples' 'Describe.ps1') }

Describe 'The module' {
    BeforeAll {
        Import-Module Traf3li.Backup
        $commands = Get-Command -Module Traf3li.Backup
    }

    It 'has the commands of its manifest' {
        $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path (Get-Module Traf3li.Backup).ModuleBase 'Traf3li.Backup.psd1')
        ($commands.Name | Sort-Object) -join ' ' | Should -Be (($manifest.CmdletsToExport | Sort-Object) -join ' ')
    }

    It 'has a page of help for each' {
        foreach ($command in $commands) { (Get-Help $command.Name).Synopsis | Should -Not -Match "^\s*$($command.Name)" }
    }

    It 'asks before a restore over live data' {
        (Get-Command Restore-Traf3liBackup).Parameters.ContainsKey('Confirm') | Should -BeTrue
    }

    It 'completes the values of a parameter' {
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput('New-Traf3liBackup -Compression ', 31, $null)
        $found.CompletionMatches.CompletionText | Should -HaveCount 3
    }
}

Describe 'Settings' {
    BeforeAll {
        Import-Module Traf3li.Backup
        $file = Join-Path ([IO.Path]::GetTempPath()) "traf3li-$([guid]::NewGuid()).env"
        Set-Content -Path $file -Value 'BACKUP_ENVIRONMENT=staging', 'AWS_SECRET_ACCESS_KEY=do-not-show-me'
        $settings = Get-Traf3liBackupConfiguration -EnvFile $file
    }

    It 'come from a file' {
        ($settings | Where-Object Name -EQ BACKUP_ENVIRONMENT).Value | Should -Be staging
    }

    It 'keep secrets' {
        ($settings | Format-List | Out-String) | Should -Not -Match 'do-not-show-me'
    }

    AfterAll {
        Remove-Item -LiteralPath $file
    }
}

Describe 'Errors' {
    BeforeAll {
        Import-Module Traf3li.Backup
        $absent = Join-Path ([IO.Path]::GetTempPath()) "traf3li-$([guid]::NewGuid())"
    }

    It 'name a destination that does not exist' {
        { Get-Traf3liBackup -Destination $absent } | Should -Throw -ErrorId 'StoreNotFound*'
    }

    It 'name a parameter that cannot be used yet' {
        { New-Traf3liBackup -Source Redis -Destination $absent } | Should -Throw -ErrorId 'ConfigurationInvalid*'
    }
}

if ($failedTests) { exit 1 }
