using System.Globalization;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Writes down what a Redis backup holds.</summary>
internal static class RedisManifests
{
    /// <summary>The manifest of a backup of one server, or of every shard of a cluster.</summary>
    /// <param name="key">The backup's key, which is that of its first object.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="end">When the last object was stored, UTC.</param>
    /// <param name="server">The server.</param>
    /// <param name="kind"><c>redis</c> or <c>valkey</c>.</param>
    /// <param name="method">How it was read: Scan where any of its servers was scanned.</param>
    /// <param name="shards">The objects, one at least.</param>
    /// <param name="warnings">What the user should know.</param>
    public static BackupManifest Create(
        BackupKey key,
        BackupOptions options,
        DateTime end,
        ServerFacts server,
        string kind,
        RedisBackupMethod method,
        IReadOnlyList<StoredRdb> shards,
        IReadOnlyList<string> warnings)
    {
        var first = shards[0];
        var databases = shards.SelectMany(shard => shard.Summary.Databases.Values)
            .GroupBy(database => database.Database)
            .OrderBy(group => group.Key)
            .Select(group => new RedisDatabaseManifest(group.Key, group.Sum(database => database.Keys), group.Sum(database => database.Expiring)))
            .ToArray();
        return new BackupManifest
        {
            ToolVersion = EngineVersion.Text,
            Id = Guid.NewGuid().ToString("n"),
            Key = first.Written.Key,
            Source = BackupSource.Redis,
            Type = key.Type,
            Environment = key.Environment,
            StartTime = key.Time,
            EndTime = end,
            Consistency = ConsistencyOf(method, shards.Count),
            Server = server,
            Compression = options.Compression,
            CompressionLevel = BlockCompression.Level(options.Compression, options.CompressionLevel),
            ArchiveSize = first.Summary.Bytes,
            StoredSize = first.Written.Size,
            StoredSha256 = first.Written.Sha256,
            ReadBack = shards.All(shard => shard.Written.IsReadBack),
            Database = [.. databases.Select(database => database.Index.ToString(CultureInfo.InvariantCulture))],
            Tag = options.Tag,
            Warning = warnings,
            Block = first.Blocks,
            Redis = new RedisManifest
            {
                Kind = kind,
                Method = method,
                Magic = first.Summary.Header.ToString(),
                Database = databases,
                FunctionCount = shards.SelectMany(shard => shard.Summary.Functions).Distinct().Count(),
                Module = [.. shards.SelectMany(shard => shard.Summary.Modules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                Shard = [.. shards.Select((shard, index) => Describe(shard, withBlocks: index > 0))],
            },
        };
    }

    /// <summary>One server's RDB is one moment; several have a moment each, and so have keys that are scanned.</summary>
    public static BackupConsistency ConsistencyOf(RedisBackupMethod method, int shards) => shards == 1 && method != RedisBackupMethod.Scan ? BackupConsistency.Snapshot : BackupConsistency.None;

    /// <summary>What the marker of a restore says of a backup that it was found in.</summary>
    public static IEnumerable<string> MarkerWarnings(IEnumerable<StoredRdb> shards) => shards
        .Where(shard => shard.Summary.HasSoughtKey)
        .Select(shard => $"{shard.Shard.Node.Endpoint} has the key {RestoreMarker.Key}: a restore into it was under way or did not come to its end, so some keys of this backup are that restore's and some are older.");

    private static RedisShardManifest Describe(StoredRdb shard, bool withBlocks) => new()
    {
        Key = shard.Written.Key,
        Host = shard.Shard.Node.Endpoint.ToString(),
        IsReplica = shard.Shard.IsReplica,
        Slot = [.. shard.Shard.Slots.Select(slot => slot.ToString())],
        ReplicationId = shard.ReplicationId,
        ReplicationOffset = shard.ReplicationOffset,
        Count = shard.Summary.Keys,
        ArchiveSize = shard.Summary.Bytes,
        StoredSize = shard.Written.Size,
        StoredSha256 = shard.Written.Sha256,
        Block = withBlocks ? shard.Blocks : [],
    };
}
