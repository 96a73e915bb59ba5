namespace Traf3li.Backup;

/// <summary>A backup, or what a killed run left, that retention has removed.</summary>
public sealed class RemovedBackup
{
    /// <summary>The key that it had below the destination.</summary>
    public required string Key { get; init; }

    /// <summary>The destination without any secret.</summary>
    public string? Destination { get; init; }

    /// <summary>The kind of server.</summary>
    public BackupSource Source { get; init; }

    /// <summary>The schedule that it belonged to.</summary>
    public BackupType Type { get; init; }

    /// <summary>When the backup was begun, UTC.</summary>
    public DateTime Date { get; init; }

    /// <summary>Bytes of all its objects.</summary>
    public long Size { get; init; }

    /// <summary>How many objects were removed, its manifest among them.</summary>
    public int ObjectCount { get; init; }

    /// <summary>Why it was removed.</summary>
    public IReadOnlyList<RetentionReason> Reason { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Whether the bucket keeps versions, so that it is only hidden and still takes its room.</summary>
    public bool IsHidden { get; init; }

    /// <inheritdoc />
    public override string ToString() => Key;
}
