<#
.SYNOPSIS
The few words of Pester that the tests here use, for machines without Pester.

.DESCRIPTION
Dot-source it. $failedTests holds the names of the tests that failed.
#>
$failedTests = [System.Collections.Generic.List[string]]::new()
$describing = [System.Collections.Generic.Stack[hashtable]]::new()

function Describe([string] $Name, [scriptblock] $Body) {
    $describing.Push(@{ BeforeAll = @(); AfterAll = @(); It = @() })
    & $Body
    $group = $describing.Pop()
    Write-Host $Name
    # Dot-sourced, so that what is prepared is seen by the tests.
    foreach ($block in $group.BeforeAll) { . $block }
    foreach ($test in $group.It) {
        if ($test.Skip) { Write-Host "  [!] $($test.Name) (skipped)"; continue }
        try {
            $null = & $test.Body
            Write-Host "  [+] $($test.Name)"
        }
        catch {
            $failedTests.Add("$Name $($test.Name)")
            Write-Host "  [-] $($test.Name): $_"
        }
    }
    foreach ($block in $group.AfterAll) { . $block }
}

function BeforeAll([scriptblock] $Body) { $describing.Peek().BeforeAll += $Body }
function AfterAll([scriptblock] $Body) { $describing.Peek().AfterAll += $Body }
function It([string] $Name, [scriptblock] $Body, [switch] $Skip) { $describing.Peek().It += @{ Name = $Name; Body = $Body; Skip = $Skip } }

function Should {
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] [object] $ActualValue,
        [switch] $Not,
        [object] $Be, [object] $BeGreaterThan, [object] $BeLessThan, [int] $HaveCount, [string] $Match, [string] $ErrorId,
        [switch] $BeTrue, [switch] $BeFalse, [switch] $BeNullOrEmpty, [switch] $Throw
    )
    begin { $values = [System.Collections.Generic.List[object]]::new() }
    process { if ($null -ne $ActualValue) { $values.Add($ActualValue) } }
    end {
        $value = if ($values.Count -eq 1) { $values[0] } else { $values.ToArray() }
        $thrown = $null
        if ($Throw) { try { $null = & $value } catch { $thrown = $_ } }
        $asked = @($PSBoundParameters.Keys | Where-Object { $_ -notin 'ActualValue', 'Not', 'ErrorId' })[0]
        $holds = switch ($asked) {
            'Be' { $value -eq $Be }
            'BeGreaterThan' { $value -gt $BeGreaterThan }
            'BeLessThan' { $value -lt $BeLessThan }
            'HaveCount' { $values.Count -eq $HaveCount }
            'Match' { $value -match $Match }
            'BeTrue' { [bool] $value }
            'BeFalse' { -not $value }
            'BeNullOrEmpty' { $values.Count -eq 0 -or ($values.Count -eq 1 -and "$value" -eq '') }
            'Throw' { $thrown -and (-not $ErrorId -or $thrown.FullyQualifiedErrorId -like $ErrorId) }
        }
        if ([bool] $holds -eq [bool] $Not) {
            $what = if ($Throw) { if ($thrown) { "error $($thrown.FullyQualifiedErrorId)" } else { 'no error' } } else { $value -join ', ' }
            throw "should $(if ($Not) { 'not ' })$asked $($PSBoundParameters[$asked]), but is: $what"
        }
    }
}
