using System.Net;

namespace Traf3li.Backup;

/// <summary>What every operation needs. A null member was not given: the environment, then the .env file, then the default decides.</summary>
public abstract record EngineOptions
{
    /// <summary>The .env file; null reads <c>.env</c> in <see cref="WorkingDirectory" /> when there is one.</summary>
    public string? EnvFile { get; init; }

    /// <summary>The file-system folder that relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Where backups are: a folder, <c>file:///…</c> or <c>s3://bucket/prefix?endpoint=…</c>.</summary>
    public string? Destination { get; init; }

    /// <summary>Further destinations, in their order: taken for reading where those before cannot be reached or lack the backup.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    /// <summary>Whether the configured destination and that of second copies stand in for each other.</summary>
    public bool FallsBackToCopies { get; init; }

    /// <summary>Access key id and secret key of an S3 destination.</summary>
    public NetworkCredential? DestinationCredential { get; init; }

    /// <summary>The environment label.</summary>
    public string? Environment { get; init; }

    /// <summary>The type's name only: members may hold secrets.</summary>
    public sealed override string ToString() => GetType().Name;
}
