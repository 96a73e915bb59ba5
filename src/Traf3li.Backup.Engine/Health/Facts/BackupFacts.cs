using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What is judged of one backup whose manifest was read, or that has none.</summary>
internal sealed record BackupFacts
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    public required BackupSource Source { get; init; }

    public required BackupType Type { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public required DateTime Date { get; init; }

    /// <summary>Whether all of it is there, as far as sizes tell.</summary>
    public bool IsGood { get; init; }

    /// <summary>Whether it was taken before a restore.</summary>
    public bool IsSafety { get; init; }

    /// <summary>Whether only some collections were selected, so that it is no state of the server.</summary>
    public bool IsPartial { get; init; }

    /// <summary>What was selected, as <see cref="RetentionSet" /> writes it.</summary>
    public string Selection { get; init; } = "";

    public CompressionMethod Compression { get; init; }

    /// <summary>Bytes stored.</summary>
    public long StoredSize { get; init; }

    /// <summary>Bytes before compression; null without a manifest.</summary>
    public long? ArchiveSize { get; init; }

    /// <summary>Bytes of the documents, of Redis those of the RDBs; null without a manifest.</summary>
    public long? LogicalSize { get; init; }

    /// <summary>Documents, of Redis keys; null without a manifest.</summary>
    public long? DocumentCount { get; init; }

    /// <summary>How long it took; null without a manifest.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How often smaller it became; null where unknown.</summary>
    public double? Ratio => ArchiveSize is { } size && StoredSize > 0 ? (double)size / StoredSize : null;
}
