using System.Text.Json.Serialization;

namespace Traf3li.Backup;

/// <summary>What became of one copy of a backup.</summary>
public sealed record CopyResult
{
    /// <summary>The key of the backup, the same at both ends.</summary>
    public required string Key { get; init; }

    /// <summary>Where it was copied to, without any secret.</summary>
    public required string Destination { get; init; }

    /// <summary>Where it was copied from, without any secret.</summary>
    public string? From { get; init; }

    /// <summary>What became of it.</summary>
    public required CopyStatus Status { get; init; }

    /// <summary>The kind of server; null where the backup was not found.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>The schedule that it belongs to; null where the backup was not found.</summary>
    public BackupType? Type { get; init; }

    /// <summary>When the backup was begun, UTC; null where it was not found.</summary>
    public DateTime? Date { get; init; }

    /// <summary>Bytes stored there, of all objects but the manifest.</summary>
    public long Size { get; init; }

    /// <summary>How many objects belong to it, its manifest among them.</summary>
    public int ObjectCount { get; init; }

    /// <summary>Which way the bytes went; null where none did.</summary>
    public CopyMethod? Method { get; init; }

    /// <summary>Whether all of the copy was read back and its SHA-256 compared; else the store confirmed a checksum of each part that it received.</summary>
    public bool ReadBack { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Stored bytes a second; null where nothing was copied.</summary>
    public double? BytesPerSecond => Status == CopyStatus.Copied && Duration > TimeSpan.Zero ? Size / Duration.TotalSeconds : null;

    /// <summary>The id of the error; null when there is a copy.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Why there is no copy; null when there is one.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it; null when there is a copy.</summary>
    public string? Recommendation { get; init; }

    /// <summary>The error itself; null when there is a copy, and in what was read from a history.</summary>
    [JsonIgnore]
    public BackupException? Failure { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Key} {Status}";
}
