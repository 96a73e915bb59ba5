<#
.SYNOPSIS
Takes a backup to an S3 store other than AWS, with a storage limit and a tag.

.DESCRIPTION
The server comes from MONGODB_URI, the keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from -Credential.

.PARAMETER Endpoint
The store's address.

.PARAMETER Bucket
The bucket; it must exist.

.PARAMETER Credential
Access key id and secret key.

.EXAMPLE
./02-s3-custom-endpoint.ps1 -Endpoint https://objects.example.com -Bucket company-backups -Credential (Get-Credential)
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [uri] $Endpoint,
    [Parameter(Mandatory)] [string] $Bucket,
    [string] $Prefix = 'mongodb',
    [pscredential] $Credential
)

$ErrorActionPreference = 'Stop'
Import-Module Traf3li.Backup

$store = @{ Destination = "s3://$Bucket/${Prefix}?endpoint=$Endpoint" }
if ($Credential) { $store.DestinationCredential = $Credential }

New-Traf3liBackup @store -Type Daily -Compression Zstd -MaxSize 100GB -Tag @{ takenBy = 'example 02' }

# The store's checksums are compared at every upload; this reads every byte back as well.
Get-Traf3liBackup @store -Latest 1 | Test-Traf3liBackup @store -Depth Full
