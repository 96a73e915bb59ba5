namespace Traf3li.Backup;

/// <summary>
/// What stands in <c>&lt;key&gt;.manifest.json</c>: everything that is known of a backup. It is written last, after the stored
/// object was verified, so its existence is what makes a backup exist. Its JSON Schema is <c>src/docs/manifest.schema.json</c>.
/// </summary>
public sealed class BackupManifest
{
    /// <summary>The newest format that this module writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The format of this manifest. A reader refuses a newer one than it knows.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>The least module version that can read this backup.</summary>
    public string RequiredVersion { get; init; } = "0.1.0";

    /// <summary>The module version that wrote it.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>A random identifier of this backup, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The object's key below the destination.</summary>
    public required string Key { get; init; }

    /// <summary>The kind of server.</summary>
    public required BackupSource Source { get; init; }

    /// <summary>The schedule that it belongs to.</summary>
    public required BackupType Type { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>When the backup was begun, UTC.</summary>
    public required DateTime StartTime { get; init; }

    /// <summary>When the last byte was stored and verified, UTC.</summary>
    public required DateTime EndTime { get; init; }

    /// <summary>Which single state of the server it holds.</summary>
    public required BackupConsistency Consistency { get; init; }

    /// <summary>The server time of that state, <c>seconds:increment</c>; null when there is none.</summary>
    public OplogPosition? ConsistencyPoint { get; init; }

    /// <summary>The first captured oplog entry, <c>seconds:increment</c>; null without an oplog.</summary>
    public OplogPosition? OplogStart { get; init; }

    /// <summary>The server that was read.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>How the archive is compressed.</summary>
    public required CompressionMethod Compression { get; init; }

    /// <summary>The compressor's level.</summary>
    public int CompressionLevel { get; init; }

    /// <summary>The archive's size before compression, bytes.</summary>
    public required long ArchiveSize { get; init; }

    /// <summary>The stored object's size, bytes.</summary>
    public required long StoredSize { get; init; }

    /// <summary>SHA-256 of the stored object, 64 hexadecimal digits.</summary>
    public required string StoredSha256 { get; init; }

    /// <summary>Whether the stored object was read back in full and compared before this manifest was written.</summary>
    public bool ReadBack { get; init; }

    /// <summary>What was chosen when it was taken.</summary>
    public BackupSelection Selection { get; init; } = new();

    /// <summary>The databases in it, in order.</summary>
    public IReadOnlyList<string> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Free labels; <c>safety</c> marks the backup taken before a restore.</summary>
    public IReadOnlyDictionary<string, string> Tag { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the user should know about it, in sentences.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>One entry a collection or view, in the order of the archive's prelude.</summary>
    public IReadOnlyList<NamespaceManifest> Namespace { get; init => field = Indexable.Of(value); } = [];

    /// <summary>The captured oplog; null when there is none.</summary>
    public NamespaceManifest? Oplog { get; init; }

    /// <summary>The compressed blocks in stored order; the first holds the prelude and belongs to no namespace.</summary>
    public IReadOnlyList<BlockManifest> Block { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What is particular to a backup of Redis; null for others.</summary>
    public RedisManifest? Redis { get; init; }
}
