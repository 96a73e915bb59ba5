using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets share that work at one destination.</summary>
public abstract class EngineCommand : StoreCommand
{
    /// <summary>A folder, <c>file:///…</c> or <c>s3://bucket/prefix?endpoint=…</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? Destination { get; set; }

    /// <summary>The destination, with a PowerShell drive resolved to its folder; null when not given.</summary>
    private protected string? DestinationPath { get; private set; }

    /// <summary>The destination that an object of the pipeline names beside its key; null when one was given, or it names none.</summary>
    private protected string? NamedDestination { get; private set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        DestinationPath = Destination is null ? null : ResolveDestination(Destination);
    }

    /// <inheritdoc />
    private protected override void PrepareRecord() => NamedDestination = DestinationPath is null && Destination is not null ? ResolveDestination(Destination) : null;
}
