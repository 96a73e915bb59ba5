namespace Traf3li.Backup;

/// <summary>What became of one copy of a backup.</summary>
public sealed record CopyResult
{
    /// <summary>The key of the backup, the same at both ends.</summary>
    public required string Key { get; init; }

    /// <summary>Where it was copied to, without any secret.</summary>
    public required string Destination { get; init; }

    /// <summary>What became of it.</summary>
    public required CopyStatus Status { get; init; }

    /// <summary>Bytes stored there.</summary>
    public long Size { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why there is no copy; null when there is one.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it; null when there is a copy.</summary>
    public string? Recommendation { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Key} {Status}";
}
