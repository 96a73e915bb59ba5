<#
.SYNOPSIS
Takes a backup that tells of itself when it fails, after trying once that the alert arrives.

.DESCRIPTION
Set what carries the alert beforehand, in the environment or in .env: BACKUP_NOTIFICATION_EMAIL and RESEND_API_KEY or BACKUP_SMTP_HOST for mail, or
BACKUP_WEBHOOK_URL, or BACKUP_PING_URL. The server comes from MONGODB_URI, the destination from BACKUP_DESTINATION.

.PARAMETER Test
Only tries that notifications arrive.

.EXAMPLE
./08-alert-mail.ps1 -Test

.EXAMPLE
./08-alert-mail.ps1
#>
[CmdletBinding()]
param([switch] $Test)

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

if ($Test) {
    # Stops with what to do when a channel does not take it.
    Send-Traf3liTestNotification
    return
}

# A failure ends the script with an error, and is told of by the time that it does.
$backup = New-Traf3liBackup -Type Daily -Notify OnFailure
foreach ($lost in $backup.Notification | Where-Object Status -EQ 'Failed') {
    Write-Warning "Not told by $($lost.Channel): $($lost.Error) $($lost.Recommendation)"
}

$backup
