namespace Traf3li.Backup.Engine.Catalog;

/// <summary>What must hold within the manifest of a Redis backup beyond <see cref="ManifestRules" />.</summary>
internal static class RedisRules
{
    /// <summary>The first rule that is broken, in words; null when all hold.</summary>
    public static string? FindContradiction(BackupManifest manifest)
    {
        if (manifest.Redis is not { } redis)
        {
            return manifest.Source == BackupSource.Redis ? "redis is missing." : null;
        }

        if (manifest.Source != BackupSource.Redis || manifest.Namespace.Count > 0)
        {
            return "a backup of MongoDB has a redis part.";
        }

        // JSON may hold null where the model allows none.
        if (redis.Kind is null || redis.Magic is null || redis.Database is null || redis.Module is null || redis.Shard is null
            || redis.Database.Any(item => item is null)
            || redis.Shard.Any(item => item is null || item.Key is null || item.Host is null || item.Slot is null || item.StoredSha256 is null || item.Block is null || item.Block.Any(block => block is null)))
        {
            return "a part of redis is missing.";
        }

        if (redis.Method is not (RedisBackupMethod.Replication or RedisBackupMethod.Scan)
            || (manifest.Consistency != BackupConsistency.None && (redis.Method == RedisBackupMethod.Scan || manifest.Consistency != BackupConsistency.Snapshot)))
        {
            return $"what was read by {redis.Method} cannot be {manifest.Consistency}.";
        }

        if (redis.Shard.Count == 0 || redis.Shard[0].Key != manifest.Key || redis.Shard[0].StoredSize != manifest.StoredSize || redis.Shard[0].ArchiveSize != manifest.ArchiveSize)
        {
            return "its first shard is not its own object.";
        }

        if (redis.Database.Any(item => item.Index < 0 || item.Count < 0 || item.Expiring < 0 || item.Expiring > item.Count)
            || redis.Database.Select(item => item.Index).Distinct().Count() != redis.Database.Count
            || redis.Shard.Any(item => item.Count < 0))
        {
            return "a count of keys is out of range, or a database stands in it twice.";
        }

        return redis.Shard.Skip(1).Select(shard => FindShardContradiction(manifest.Key, shard)).FirstOrDefault(broken => broken is not null);
    }

    // A manifest must not make a reader open, or a later run delete, the object of another backup.
    private static string? FindShardContradiction(string key, RedisShardManifest shard)
    {
        var stem = key[..(key.LastIndexOf(".rdb", StringComparison.Ordinal) is var end and >= 0 ? end : key.Length)];
        return !shard.Key.StartsWith(stem + ".shard", StringComparison.Ordinal) || shard.Key.Contains("..", StringComparison.Ordinal)
            ? $"the shard {shard.Key} lies elsewhere."
            : ManifestRules.FindBlockContradiction(shard.Block, shard.StoredSize, shard.ArchiveSize, namespaces: 0);
    }
}
