# Stand-ins for everyday commands of modules that no package carries. Each has the parameters that scripts here use and refuses all
# others, so that a script which runs here runs under PowerShell too.

function Write-Host {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] [object] $Object,
        [switch] $NoNewline,
        [object] $Separator = ' ',
        [ConsoleColor] $ForegroundColor,
        [ConsoleColor] $BackgroundColor
    )
    process {
        $message = [System.Management.Automation.HostInformationMessage]::new()
        $message.Message = @(foreach ($part in $Object) { "$part" }) -join $Separator
        $message.NoNewLine = $NoNewline
        if ($PSBoundParameters.ContainsKey('ForegroundColor')) { $message.ForegroundColor = $ForegroundColor }
        if ($PSBoundParameters.ContainsKey('BackgroundColor')) { $message.BackgroundColor = $BackgroundColor }
        $PSCmdlet.WriteInformation($message, [string[]] 'PSHOST')
    }
}

function Write-Output {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ValueFromRemainingArguments)] [AllowNull()] [AllowEmptyCollection()] [object] $InputObject,
        [switch] $NoEnumerate
    )
    process { $PSCmdlet.WriteObject($InputObject, -not $NoEnumerate) }
}

function Write-Warning {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteWarning($Message) }
}

function Write-Verbose {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteVerbose($Message) }
}

function Write-Debug {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteDebug($Message) }
}

function Write-Information {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [object] $MessageData, [string[]] $Tags = @())
    process { $PSCmdlet.WriteInformation($MessageData, $Tags) }
}

function Write-Error {
    [CmdletBinding(DefaultParameterSetName = 'Message')]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ParameterSetName = 'Message')] [string] $Message,
        [Parameter(Mandatory, ParameterSetName = 'Record')] [System.Management.Automation.ErrorRecord] $ErrorRecord,
        [string] $ErrorId = 'WriteError',
        [System.Management.Automation.ErrorCategory] $Category = 'NotSpecified',
        [object] $TargetObject
    )
    process {
        $record = $ErrorRecord ? $ErrorRecord : [System.Management.Automation.ErrorRecord]::new([Exception]::new($Message), $ErrorId, $Category, $TargetObject)
        $PSCmdlet.WriteError($record)
    }
}

function Write-Progress {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [string] $Activity,
        [Parameter(Position = 1)] [string] $Status = 'Processing',
        [int] $Id = 0,
        [int] $ParentId = -1,
        [int] $PercentComplete = -1,
        [int] $SecondsRemaining = -1,
        [switch] $Completed
    )
    $record = [System.Management.Automation.ProgressRecord]::new($Id, $Activity, $Status)
    $record.ParentActivityId = $ParentId
    $record.PercentComplete = $PercentComplete
    $record.SecondsRemaining = $SecondsRemaining
    $record.RecordType = $Completed ? 'Completed' : 'Processing'
    $PSCmdlet.WriteProgress($record)
}

function Read-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Prompt, [switch] $AsSecureString)
    if ($Prompt) { $Host.UI.Write("${Prompt}: ") }
    if ($AsSecureString) { $Host.UI.ReadLineAsSecureString() } else { $Host.UI.ReadLine() }
}

function ConvertTo-SecureString {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $String, [Parameter(Mandatory)] [switch] $AsPlainText, [switch] $Force)
    process {
        $secret = [securestring]::new()
        foreach ($character in $String.ToCharArray()) { $secret.AppendChar($character) }
        $secret
    }
}

function Get-Location {
    [CmdletBinding()]
    param()
    $ExecutionContext.SessionState.Path.CurrentLocation
}

function Set-Location {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('LiteralPath')] [string] $Path, [switch] $PassThru)
    $location = $ExecutionContext.SessionState.Path.SetLocation($Path)
    if ($PassThru) { $location }
}

function Push-Location {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [Alias('LiteralPath')] [string] $Path = '.')
    $ExecutionContext.SessionState.Path.PushCurrentLocation('')
    $null = $ExecutionContext.SessionState.Path.SetLocation($Path)
}

function Pop-Location {
    [CmdletBinding()]
    param()
    $null = $ExecutionContext.SessionState.Path.PopLocation('')
}

function Join-Path {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $Path,
        [Parameter(Position = 1, Mandatory)] [AllowEmptyString()] [string] $ChildPath,
        [Parameter(Position = 2, ValueFromRemainingArguments)] [string[]] $AdditionalChildPath = @()
    )
    process {
        $joined = $Path
        foreach ($part in @($ChildPath) + $AdditionalChildPath) { $joined = $ExecutionContext.SessionState.Path.Combine($joined, $part) }
        $joined
    }
}

function Split-Path {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('LiteralPath')] [string] $Path,
        [switch] $Leaf, [switch] $Parent, [switch] $LeafBase, [switch] $Extension
    )
    process {
        if ($Leaf) { $ExecutionContext.SessionState.Path.ParseChildName($Path) }
        elseif ($LeafBase) { [IO.Path]::GetFileNameWithoutExtension($Path) }
        elseif ($Extension) { [IO.Path]::GetExtension($Path) }
        else { $ExecutionContext.SessionState.Path.ParseParent($Path, '') }
    }
}

function Resolve-Path {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string[]] $Path)
    process { foreach ($one in $Path) { $ExecutionContext.SessionState.Path.GetResolvedPSPathFromPSPath($one) } }
}

function Test-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ParameterSetName = 'Path')] [AllowEmptyString()] [AllowNull()] [string] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath')] [string] $LiteralPath,
        [ValidateSet('Any', 'Container', 'Leaf')] [string] $PathType = 'Any'
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $target = $literal ? $LiteralPath : $Path
        if ([string]::IsNullOrWhiteSpace($target)) { return $false }
        if (-not $ExecutionContext.InvokeProvider.Item.Exists($target, $false, $literal)) { return $false }
        if ($PathType -eq 'Any') { return $true }
        $ExecutionContext.InvokeProvider.Item.IsContainer($target) -eq ($PathType -eq 'Container')
    }
}

function Get-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath')] [string[]] $LiteralPath,
        [switch] $Force
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $ExecutionContext.InvokeProvider.Item.Get([string[]] ($literal ? $LiteralPath : $Path), [bool] $Force, $literal)
    }
}

function Get-ChildItem {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ParameterSetName = 'Path')] [string[]] $Path = '.',
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath')] [string[]] $LiteralPath,
        [Parameter(Position = 1)] [string] $Filter = '*',
        [string[]] $Include, [string[]] $Exclude,
        [switch] $Recurse, [switch] $File, [switch] $Directory, [switch] $Force, [switch] $Name
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $items = $ExecutionContext.InvokeProvider.ChildItem.Get([string[]] ($literal ? $LiteralPath : $Path), [bool] $Recurse, [bool] $Force, $literal)
        foreach ($item in $items) {
            $leaf = $item.PSObject.Properties['PSChildName'] ? $item.PSChildName : $item.Name
            if ($leaf -notlike $Filter) { continue }
            if ($File -and $item.PSIsContainer) { continue }
            if ($Directory -and -not $item.PSIsContainer) { continue }
            if ($Include -and -not @(foreach ($pattern in $Include) { if ($leaf -like $pattern) { 1 } })) { continue }
            if ($Exclude -and @(foreach ($pattern in $Exclude) { if ($leaf -like $pattern) { 1 } })) { continue }
            if ($Name) { $leaf } else { $item }
        }
    }
}

function New-Item {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [string] $Path,
        [ValidateSet('File', 'Directory')] [string] $ItemType = 'File',
        [object] $Value,
        [switch] $Force
    )
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    if ($ItemType -eq 'Directory') {
        if (-not $Force -and [IO.Directory]::Exists($full)) { throw "The folder $full exists already." }
        return [IO.Directory]::CreateDirectory($full)
    }
    if (-not $Force -and [IO.File]::Exists($full)) { throw "The file $full exists already." }
    if ($Force) { $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($full)) }
    [IO.File]::WriteAllText($full, "$Value")
    [IO.FileInfo]::new($full)
}

function Remove-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath')] [string[]] $LiteralPath,
        [switch] $Recurse, [switch] $Force
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $ExecutionContext.InvokeProvider.Item.Remove([string[]] ($literal ? $LiteralPath : $Path), [bool] $Recurse, [bool] $Force, $literal)
    }
}

function Copy-Item {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string[]] $Path,
        [Parameter(Position = 1, Mandatory)] [string] $Destination,
        [switch] $Recurse, [switch] $Force
    )
    process { $null = $ExecutionContext.InvokeProvider.Item.Copy($Path, $Destination, [bool] $Recurse, 'CopyTargetContainer', [bool] $Force, $false) }
}

function Move-Item {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string[]] $Path,
        [Parameter(Position = 1, Mandatory)] [string] $Destination,
        [switch] $Force
    )
    process { $null = $ExecutionContext.InvokeProvider.Item.Move($Path, $Destination, [bool] $Force, $false) }
}

function Get-Content {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('LiteralPath')] [string[]] $Path, [switch] $Raw)
    process {
        foreach ($one in $Path) {
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($one)
            if ($Raw) { [IO.File]::ReadAllText($full) } else { [IO.File]::ReadAllLines($full) }
        }
    }
}

function Set-Content {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [Alias('LiteralPath')] [string] $Path,
        [Parameter(Position = 1, Mandatory, ValueFromPipeline)] [AllowEmptyString()] [AllowEmptyCollection()] [object[]] $Value,
        [switch] $NoNewline
    )
    begin { $lines = [System.Collections.Generic.List[string]]::new() }
    process { foreach ($line in $Value) { $lines.Add("$line") } }
    end {
        $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
        $text = $NoNewline ? -join $lines : (@(foreach ($line in $lines) { $line + [Environment]::NewLine }) -join '')
        [IO.File]::WriteAllText($full, $text)
    }
}

function Add-Content {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [Alias('LiteralPath')] [string] $Path,
        [Parameter(Position = 1, Mandatory, ValueFromPipeline)] [AllowEmptyString()] [object[]] $Value
    )
    process {
        $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
        [IO.File]::AppendAllLines($full, [string[]] $Value)
    }
}

function Get-FileHash {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('LiteralPath')] [string] $Path, [ValidateSet('SHA256')] [string] $Algorithm = 'SHA256')
    process {
        $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
        $stream = [IO.File]::OpenRead($full)
        try { $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([IO.Stream] $stream)) } finally { $stream.Dispose() }
        [pscustomobject]@{ Algorithm = $Algorithm; Hash = $hash; Path = $full }
    }
}

function Get-Date {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline)] [datetime] $Date = [datetime]::Now, [string] $Format, [switch] $AsUTC)
    process {
        $value = $AsUTC ? $Date.ToUniversalTime() : $Date
        if ($Format) { $value.ToString($Format, [cultureinfo]::InvariantCulture) } else { $value }
    }
}

function New-TimeSpan {
    [CmdletBinding()]
    param([int] $Days, [int] $Hours, [int] $Minutes, [int] $Seconds, [datetime] $Start, [datetime] $End = [datetime]::Now)
    if ($PSBoundParameters.ContainsKey('Start')) { $End - $Start } else { [timespan]::new($Days, $Hours, $Minutes, $Seconds) }
}

function New-Guid {
    [CmdletBinding()]
    param()
    [guid]::NewGuid()
}

function New-Object {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory)] [string] $TypeName, [Parameter(Position = 1)] [object[]] $ArgumentList = @(), [hashtable] $Property = @{})
    $type = [type] $TypeName
    $object = $type -eq [psobject] ? [pscustomobject] $Property : $type::new.Invoke($ArgumentList)
    if ($type -ne [psobject]) { foreach ($name in $Property.Keys) { $object.$name = $Property[$name] } }
    $object
}

function Add-Member {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0)] [ValidateSet('NoteProperty', 'ScriptMethod', 'ScriptProperty')] [string] $MemberType = 'NoteProperty',
        [Parameter(Position = 1, Mandatory)] [string] $Name,
        [Parameter(Position = 2)] [object] $Value,
        [switch] $Force, [switch] $PassThru
    )
    process {
        if ($Force -and $InputObject.PSObject.Members[$Name]) { $InputObject.PSObject.Members.Remove($Name) }
        $InputObject.PSObject.Members.Add([type]::GetType("System.Management.Automation.PS$MemberType, System.Management.Automation")::new($Name, $Value))
        if ($PassThru) { $InputObject }
    }
}

function Get-Member {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [psobject] $InputObject, [Parameter(Position = 0)] [string] $Name = '*', [System.Management.Automation.PSMemberTypes] $MemberType = 'All')
    begin { $seen = @{} }
    process {
        $type = $InputObject.PSObject.TypeNames[0]
        if ($seen[$type]) { return }
        $seen[$type] = $true
        foreach ($member in $InputObject.PSObject.Members) {
            if ($member.Name -like $Name -and ($member.MemberType -band $MemberType)) {
                [pscustomobject]@{ TypeName = $type; Name = $member.Name; MemberType = $member.MemberType; Definition = "$member" }
            }
        }
    }
}

function Measure-Object {
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0)] [string] $Property,
        [switch] $Sum, [switch] $Average, [switch] $Minimum, [switch] $Maximum
    )
    begin { $values = [System.Collections.Generic.List[object]]::new() }
    process {
        if ($null -eq $InputObject) { return }
        $values.Add($(if ($Property) { $InputObject.$Property } else { $InputObject }))
    }
    end {
        $total = 0; $least = $null; $most = $null
        if ($Sum -or $Average -or $Minimum -or $Maximum) {
            foreach ($value in $values) {
                if ($Sum -or $Average) { $total += $value }
                if ($null -eq $least -or $value -lt $least) { $least = $value }
                if ($null -eq $most -or $value -gt $most) { $most = $value }
            }
        }
        [pscustomobject]@{
            Count    = $values.Count
            Average  = $(if ($Average -and $values.Count) { $total / $values.Count })
            Sum      = $(if ($Sum) { $total })
            Maximum  = $(if ($Maximum) { $most })
            Minimum  = $(if ($Minimum) { $least })
            Property = $Property
        }
    }
}

function Compare-Object {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [AllowEmptyCollection()] [psobject[]] $ReferenceObject,
        [Parameter(Position = 1, Mandatory)] [AllowEmptyCollection()] [psobject[]] $DifferenceObject,
        [string[]] $Property
    )
    $describe = { param($item) if ($Property) { @(foreach ($name in $Property) { "$($item.$name)" }) -join "`0" } else { "$item" } }
    $left = @(foreach ($item in $ReferenceObject) { & $describe $item })
    $right = @(foreach ($item in $DifferenceObject) { & $describe $item })
    for ($i = 0; $i -lt $right.Count; $i++) {
        if ($right[$i] -notin $left) { [pscustomobject]@{ InputObject = $DifferenceObject[$i]; SideIndicator = '=>' } }
    }
    for ($i = 0; $i -lt $left.Count; $i++) {
        if ($left[$i] -notin $right) { [pscustomobject]@{ InputObject = $ReferenceObject[$i]; SideIndicator = '<=' } }
    }
}

function Get-Random {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [int] $Maximum = [int]::MaxValue, [int] $Minimum = 0)
    [Random]::Shared.Next($Minimum, $Maximum)
}

function Start-Process {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory)] [string] $FilePath,
        [Parameter(Position = 1)] [string[]] $ArgumentList = @(),
        [switch] $NoNewWindow, [switch] $Wait, [switch] $PassThru
    )
    $start = [Diagnostics.ProcessStartInfo]::new($FilePath)
    foreach ($argument in $ArgumentList) { $start.ArgumentList.Add($argument) }
    $process = [Diagnostics.Process]::Start($start)
    if ($Wait) { $process.WaitForExit() }
    if ($PassThru) { $process }
}

function Import-PowerShellDataFile {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory)] [Alias('LiteralPath')] [string] $Path)
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($full, [ref] $null, [ref] $errors)
    if ($errors) { throw "$full is not a data file: $($errors[0].Message)" }
    $tree.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue()
}
