<#
.SYNOPSIS
Builds, tests, demonstrates, packs or measures the module.

.DESCRIPTION
A thin door: the same under PowerShell 7.4 and later (./build.ps1 Test) and where there is only the .NET SDK
(dotnet run --project tests/Host -- build.ps1 Test). Everything is built in Release; the host that may be running this script is of
another configuration, so its files are never written while it runs.

.PARAMETER Task
Build assembles the module in out/Traf3li.Backup/<version>. Test runs all tests against it. Demo shows a backup and a restore.
Pack writes the module as a zip to out/. Benchmark measures. Clean removes what was built.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Pack', 'Benchmark', 'Clean')]
    [string] $Task = 'Build',

    # For Test: only tests whose full name contains this.
    [string] $Filter
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$version = (Import-PowerShellDataFile -LiteralPath (Join-Path $root 'Traf3li.Backup.psd1')).ModuleVersion
$module = Join-Path $root 'out' 'Traf3li.Backup' $version

function Invoke-DotNet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) {
        Write-Host "dotnet $($args[0]) failed with exit code $LASTEXITCODE." -ForegroundColor Red
        exit 1
    }
}

function Invoke-Build {
    Invoke-DotNet build (Join-Path $root 'Traf3li.Backup.sln') --configuration Release --verbosity quiet --nologo
}

# What the tests can use on Debian: the libraries of mongod, Wine for the Windows build of another version, stock decompressors,
# and crontab, which judges exported schedules.
# What cannot be installed leads to tests that are skipped by name.
function Install-TestPackage {
    if (-not $IsLinux -or -not (Test-Path -LiteralPath '/usr/bin/apt-get') -or (id -u) -ne '0') { return }
    $missing = @(foreach ($package in 'libcurl4', 'libssl3', 'liblzma5', 'xz-utils', 'zstd', 'cron', 'wine', 'wine64') {
            $state = dpkg-query --show --showformat '${db:Status-Status}' $package 2>$null
            if ($state -ne 'installed') { $package }
        })
    if ($missing.Count -eq 0) { return }
    Write-Host "Installing $($missing -join ', ') ..."
    $env:DEBIAN_FRONTEND = 'noninteractive'
    $log = apt-get update 2>&1
    foreach ($package in $missing) {
        $log = apt-get install --yes --no-install-recommends $package 2>&1
        if ($LASTEXITCODE -ne 0) { Write-Warning "$package could not be installed: $(@($log)[-1])" }
    }
}

function Start-TestProject([string] $Project, [string] $Results) {
    $name = Split-Path $Project -LeafBase
    Write-Host "Testing $name ..."
    $report = Join-Path $Results "$name.trx"
    $options = @('test', $Project, '--configuration', 'Release', '--no-build', '--logger', "trx;LogFileName=$report")
    if ($Filter) { $options += '--filter', "FullyQualifiedName~$Filter" }
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    foreach ($option in $options) { $start.ArgumentList.Add($option) }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    [pscustomobject]@{ Name = $name; Report = $report; Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); Errors = $process.StandardError.ReadToEndAsync() }
}

# Waits for a test project, and returns its results as the test platform recorded them.
function Wait-TestProject([object] $Run) {
    $Run.Process.WaitForExit()
    $name = $Run.Name
    $report = $Run.Report
    $log = $Run.Output.Result, $Run.Errors.Result
    $exit = $Run.Process.ExitCode
    if (-not (Test-Path -LiteralPath $report)) {
        if ($exit -eq 0) { return }
        return [pscustomobject]@{ Name = $name; Outcome = 'Failed'; Message = "The test run ended with code $exit and left no report.`n$($log -join "`n")" }
    }

    $trx = [xml] (Get-Content -LiteralPath $report -Raw)
    $counted = @(foreach ($result in $trx.TestRun.Results.UnitTestResult) {
            $output = $result.Output
            [pscustomobject]@{
                Name    = $result.testName
                Outcome = $result.outcome
                Message = "$($output.ErrorInfo.Message)$($output.ErrorInfo.StackTrace ? "`n" + $output.ErrorInfo.StackTrace : '')$($output.StdOut)".Trim()
            }
        })
    $counted
    if ($exit -ne 0 -and -not @($counted | Where-Object Outcome -EQ 'Failed').Count) {
        [pscustomobject]@{ Name = $name; Outcome = 'Failed'; Message = "The test run ended with code $exit although no test failed.`n$($log -join "`n")" }
    }
}

function Invoke-Test {
    Install-TestPackage
    Invoke-Build
    $results = Join-Path $root 'out' 'test-results'
    if (Test-Path -LiteralPath $results) { Remove-Item -LiteralPath $results -Recurse -Force }
    # The others, one after the other, beside the longest.
    $projects = @(Get-ChildItem -Path (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse -File).FullName
    $longest = $projects -like '*.Integration.Tests.csproj'
    $all = @(
        $runs = @($longest | ForEach-Object { Start-TestProject $_ $results })
        $projects | Where-Object { $_ -notin $longest } | ForEach-Object { Wait-TestProject (Start-TestProject $_ $results) }
        $runs | ForEach-Object { Wait-TestProject $_ }
    )
    $passed = @($all | Where-Object Outcome -EQ 'Passed')
    $failed = @($all | Where-Object Outcome -EQ 'Failed')
    # Explicit tests, which other tests start as processes of their own, stand in the report without a reason.
    $skipped = @($all | Where-Object { $_.Outcome -eq 'NotExecuted' -and $_.Message })
    foreach ($test in $skipped) { Write-Host "SKIPPED $($test.Name): $($test.Message)" -ForegroundColor Yellow }
    foreach ($test in $failed) { Write-Host "FAILED $($test.Name)`n$($test.Message)`n" -ForegroundColor Red }
    Write-Host "$($passed.Count) passed, $($failed.Count) failed, $($skipped.Count) skipped"
    if ($failed.Count -gt 0 -or $passed.Count -eq 0) { exit 1 }
}

switch ($Task) {
    'Build' {
        Invoke-Build
        Write-Host "The module is in $module."
    }
    'Test' { Invoke-Test }
    'Demo' {
        Write-Host 'Building ...'
        $log = dotnet build (Join-Path $root 'tests' 'Demo') --configuration Release --verbosity quiet --nologo 2>&1
        if ($LASTEXITCODE -ne 0) {
            Write-Host ($log -join "`n")
            exit 1
        }
        & (Join-Path $root 'tests' 'Demo' 'Demo.ps1')
    }
    'Pack' {
        Invoke-Build
        $package = Join-Path $root 'out' "Traf3li.Backup.$version.zip"
        if (Test-Path -LiteralPath $package) { Remove-Item -LiteralPath $package }
        [IO.Compression.ZipFile]::CreateFromDirectory((Split-Path $module), $package)
        Write-Host "The package is $package. Unpacked, it is the folder $version of a folder Traf3li.Backup in PSModulePath."
    }
    'Benchmark' { Invoke-DotNet run --configuration Release --project (Join-Path $root 'tests' 'Traf3li.Backup.Benchmarks') }
    'Clean' {
        $projects = Get-ChildItem -Path (Join-Path $root 'src'), (Join-Path $root 'tests') -Filter '*.csproj' -Recurse -File | Where-Object Name -NE 'Host.csproj'
        $folders = @(Join-Path $root 'out') + @(foreach ($project in $projects) { Join-Path $project.DirectoryName 'bin'; Join-Path $project.DirectoryName 'obj' })
        foreach ($folder in $folders) { if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force } }
    }
}
