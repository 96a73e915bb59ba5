using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets share that read backups from the first of several destinations that has them.</summary>
public abstract class FallbackCommand : StoreCommand
{
    /// <summary>Folders, <c>file:///…</c> or <c>s3://bucket/prefix?endpoint=…</c>, in the order in which they are asked.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string[] Destination { get; set; } = [];

    /// <summary>The first destination, with a PowerShell drive resolved to its folder; null when none was given.</summary>
    private protected string? DestinationPath { get; private set; }

    /// <summary>The further ones.</summary>
    private protected IReadOnlyList<string> FallbackPath { get; private set; } = [];

    /// <summary>The destination that an object of the pipeline names beside its key; null when one was given, or it names none.</summary>
    private protected string? NamedDestination { get; private set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        var paths = Destination.Select(ResolveDestination).ToList();
        DestinationPath = paths.Count > 0 ? paths[0] : null;
        FallbackPath = [.. paths.Skip(1)];
    }

    /// <inheritdoc />
    private protected override void PrepareRecord() => NamedDestination = DestinationPath is null && Destination.Length > 0 ? ResolveDestination(Destination[0]) : null;
}
