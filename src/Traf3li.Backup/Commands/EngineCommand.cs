using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets share that work at one destination.</summary>
public abstract class EngineCommand : StoreCommand
{
    /// <summary>A folder, <c>file:///…</c> or <c>s3://bucket/prefix?endpoint=…</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>The destination, with a PowerShell drive resolved to its folder; null when not given.</summary>
    private protected string? DestinationPath { get; private set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        DestinationPath = Destination is null ? null : ResolveDestination(Destination);
    }
}
