using System.Management.Automation;
using System.Net;
using Traf3li.Backup.Completion;
using Traf3li.Backup.Loading;

namespace Traf3li.Backup.Commands;

/// <summary>What all cmdlets share: the login at the destination, the environment, the .env file. Whether they take one destination or several is theirs.</summary>
public abstract class StoreCommand : AsyncPSCmdlet
{
    /// <summary>Access key id and secret key of an S3 destination.</summary>
    [Parameter]
    [Credential]
    public PSCredential? DestinationCredential { get; set; }

    /// <summary>The environment label.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>The file of settings.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EnvFile { get; set; }

    /// <summary>The engine.</summary>
    private protected static IBackupEngine Engine => EngineLoader.Engine;

    /// <summary>The file-system folder that relative paths start from.</summary>
    private protected string WorkingDirectory { get; private set; } = "";

    /// <summary>The full path of the file of settings; null when not given.</summary>
    private protected string? EnvFilePath { get; private set; }

    /// <summary>The credential of the destination; null when not given.</summary>
    private protected NetworkCredential? DestinationLogin => DestinationCredential?.GetNetworkCredential();

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        EnvFilePath = EnvFile is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(EnvFile);
    }

    /// <summary>A destination, with a PowerShell drive resolved to its folder.</summary>
    private protected string ResolveDestination(string destination) =>
        IsOnFileDrive(destination) ? SessionState.Path.GetUnresolvedProviderPathFromPSPath(destination) : destination;

    /// <summary>Whether -WhatIf or its preference is on. To be asked on PowerShell's own thread.</summary>
    private protected bool IsWhatIf() =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? LanguagePrimitives.IsTrue(given) : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private bool IsOnFileDrive(string path) =>
        SessionState.Path.IsPSAbsolute(path, out var name)
        && SessionState.Drive.GetAllForProvider("FileSystem").Any(drive => string.Equals(drive.Name, name, StringComparison.OrdinalIgnoreCase));
}
