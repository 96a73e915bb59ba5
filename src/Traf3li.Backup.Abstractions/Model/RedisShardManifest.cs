namespace Traf3li.Backup;

/// <summary>One object of a Redis backup: the RDB of one server.</summary>
public sealed class RedisShardManifest
{
    /// <summary>The object's key below the destination.</summary>
    public required string Key { get; init; }

    /// <summary>host:port of the server that was read, without credentials.</summary>
    public required string Host { get; init; }

    /// <summary>Whether that server was a replica.</summary>
    public bool IsReplica { get; init; }

    /// <summary>The hash slots that it holds, such as <c>0-5460</c>; empty outside a cluster.</summary>
    public IReadOnlyList<string> Slot { get; init => field = Indexable.Of(value); } = [];

    /// <summary>The id of its replication stream; null when the server did not say.</summary>
    public string? ReplicationId { get; init; }

    /// <summary>The offset in that stream that the RDB stands for, bytes; null when the server did not say.</summary>
    public long? ReplicationOffset { get; init; }

    /// <summary>Keys of all its databases.</summary>
    public required long Count { get; init; }

    /// <summary>The RDB's size before compression, bytes.</summary>
    public required long ArchiveSize { get; init; }

    /// <summary>The stored object's size, bytes.</summary>
    public required long StoredSize { get; init; }

    /// <summary>SHA-256 of the stored object, 64 hexadecimal digits.</summary>
    public required string StoredSha256 { get; init; }

    /// <summary>The compressed blocks in stored order, of an object that is not the backup's own; the manifest holds those of the first.</summary>
    public IReadOnlyList<BlockManifest> Block { get; init => field = Indexable.Of(value); } = [];
}
