@{
    RootModule           = 'Traf3li.Backup.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = 'b0a64bd1-5a8e-4f0e-9a51-6f0d3a9c7e42'
    Author               = 'Traf3li'
    CompanyName          = 'Traf3li'
    Copyright            = 'Copyright © 2026 Traf3li'
    Description          = 'Backs up MongoDB to S3 or a folder in mongodump''s own archive format, verifies what was stored, and restores it so that live collections are the old or the new, never partial. Needs no mongodump, no aws, nothing but PowerShell.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('Traf3li.Backup.Format.ps1xml')
    TypesToProcess       = @('Traf3li.Backup.Types.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'New-Traf3liBackup'
        'Get-Traf3liBackup'
        'Test-Traf3liBackup'
        'Restore-Traf3liBackup'
        'Copy-Traf3liBackup'
        'Get-Traf3liRetentionPlan'
        'Remove-Traf3liExpiredBackup'
        'Protect-Traf3liBackup'
        'Unprotect-Traf3liBackup'
        'Initialize-Traf3liBackupStore'
        'Send-Traf3liTestNotification'
        'Get-Traf3liBackupHistory'
        'Get-Traf3liBackupSchedule'
        'Export-Traf3liBackupSchedule'
        'Test-Traf3liBackupHealth'
        'Get-Traf3liBackupConfiguration'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('MongoDB', 'Backup', 'Restore', 'S3', 'mongodump', 'DisasterRecovery', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ProjectUri   = 'https://github.com/traf3li/Traf3li.Backup'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
