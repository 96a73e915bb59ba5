namespace Traf3li.Backup;

/// <summary>A stored backup: what New- and Get-Traf3liBackup emit and Test- and Restore-Traf3liBackup take.</summary>
public sealed record BackupInfo
{
    /// <summary>The object's key below the destination; for a backup given by path, the name of the file or folder.</summary>
    public required string Key { get; init; }

    /// <summary>The destination (a folder, a file URI or an s3 URI) without any secret; null for a backup given by path.</summary>
    public string? Destination { get; init; }

    /// <summary>The full path of a file or dump folder that lies outside any destination; else null.</summary>
    public string? Path { get; init; }

    /// <summary>The kind of server.</summary>
    public BackupSource Source { get; init; }

    /// <summary>The schedule that it belongs to.</summary>
    public BackupType Type { get; init; }

    /// <summary>The environment label, such as <c>production</c>.</summary>
    public string Environment { get; init; } = "";

    /// <summary>The databases in it, in order; empty where only a test could tell.</summary>
    public IReadOnlyList<string> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>When the backup was begun, UTC.</summary>
    public DateTime Date { get; init; }

    /// <summary>The stored object's size in bytes, compressed.</summary>
    public long Size { get; init; }

    /// <summary>The size of all documents in bytes; null where only a test could tell.</summary>
    public long? LogicalSize { get; init; }

    /// <summary>The number of documents; null where only a test could tell.</summary>
    public long? DocumentCount { get; init; }

    /// <summary>The storage class of its object, such as GLACIER; null in a folder, and of a backup that was only just taken.</summary>
    public string? StorageClass { get; init; }

    /// <summary>
    /// How far it can be read, where its storage class is one that must be thawed; null where it can be read at any time. A listing cannot tell the archive
    /// tiers of INTELLIGENT_TIERING.
    /// </summary>
    public ThawStatus? ThawStatus { get; init; }

    /// <summary>Until when it can be read, UTC; null where it was not thawed.</summary>
    public DateTime? ThawedUntil { get; init; }

    /// <summary>Whether it must be thawed before it can be read.</summary>
    public bool IsArchived => ThawStatus is not null and not Backup.ThawStatus.Thawed;

    /// <summary>What is known of it.</summary>
    public BackupStatus Status { get; init; }

    /// <summary>Which state of the server it holds; null for a legacy backup.</summary>
    public BackupConsistency? Consistency { get; init; }

    /// <summary>The server's time that the backup's state belongs to; null when there is no such single state.</summary>
    public OplogPosition? ConsistencyPoint { get; init; }

    /// <summary>How it is compressed.</summary>
    public CompressionMethod Compression { get; init; }

    /// <summary>The tags given when it was taken.</summary>
    public IReadOnlyDictionary<string, string> Tag { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the user should know about it, in sentences.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What became of the notifications about it; empty of a backup that was listed.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What became of its second copies; empty of a backup that was listed.</summary>
    public IReadOnlyList<CopyResult> Copy { get; init => field = Indexable.Of(value); } = [];

    /// <summary>How long the backup took; null where unknown.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The whole manifest; null for a legacy backup.</summary>
    public BackupManifest? Manifest { get; init; }

    /// <summary>Logical bytes a second over the whole run; null where unknown.</summary>
    public double? BytesPerSecond => LogicalSize is { } bytes && Duration is { TotalSeconds: > 0 } time ? bytes / time.TotalSeconds : null;

    /// <inheritdoc />
    public override string ToString() => Key;
}
