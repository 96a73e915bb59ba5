namespace Traf3li.Backup;

/// <summary>What a manifest says of a backup of Redis beyond what it says of any.</summary>
public sealed class RedisManifest
{
    /// <summary>The server's kind: <c>redis</c> or <c>valkey</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How the data was read.</summary>
    public required RedisBackupMethod Method { get; init; }

    /// <summary>The magic that the RDB begins with, such as <c>REDIS0010</c>: it says which servers can read it.</summary>
    public required string Magic { get; init; }

    /// <summary>The databases that have keys, by number; of a cluster the sum of its shards.</summary>
    public IReadOnlyList<RedisDatabaseManifest> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Libraries of functions.</summary>
    public int FunctionCount { get; init; }

    /// <summary>Modules that have values in it; a server needs them to take it.</summary>
    public IReadOnlyList<string> Module { get; init => field = Indexable.Of(value); } = [];

    /// <summary>One entry an object: one of a plain server, one a primary of a cluster. The first is the backup's own key.</summary>
    public IReadOnlyList<RedisShardManifest> Shard { get; init => field = Indexable.Of(value); } = [];
}
