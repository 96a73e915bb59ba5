using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>What a backup consists of, and what of it is archived.</summary>
internal static class ArchivedObjects
{
    /// <summary>The objects of a backup, its manifest among them, that are archived or were until they were thawed.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="backup">The backup as it was listed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<IReadOnlyList<StoredObject>> FindAsync(IObjectStore store, BackupInfo backup, CancellationToken cancellationToken)
    {
        var found = new List<StoredObject>();
        foreach (var key in await KeysAsync(store, backup, cancellationToken).ConfigureAwait(false))
        {
            if (await store.FindAsync(key, cancellationToken).ConfigureAwait(false) is { Archive: not null } item)
            {
                found.Add(item);
            }
        }

        return found;
    }

    /// <summary>Requires that a backup can be read without a thaw. What is missing of it is not looked at.</summary>
    /// <exception cref="ObjectArchivedException">One of its objects cannot; where some are on their way, one of those that are not.</exception>
    public static async Task RequireReadableAsync(IObjectStore store, BackupInfo backup, CancellationToken cancellationToken)
    {
        var archived = await FindAsync(store, backup, cancellationToken).ConfigureAwait(false);
        if (archived.Where(item => !item.Archive!.CanBeRead).MinBy(item => item.Archive!.Status) is { } first)
        {
            throw first.Archive!.Error(first.Key);
        }
    }

    // A manifest that is archived too cannot say what else there is.
    private static async Task<IReadOnlyList<string>> KeysAsync(IObjectStore store, BackupInfo backup, CancellationToken cancellationToken)
    {
        List<string> keys = [BackupKey.ManifestOf(backup.Key)];
        if (backup.Manifest?.Redis is { Shard.Count: > 0 } redis)
        {
            keys.AddRange(redis.Shard.Select(shard => shard.Key));
        }
        else if (backup is { Source: BackupSource.Redis, Manifest: null } && BackupKey.TryParse(backup.Key) is not null)
        {
            await foreach (var item in store.ListAsync(backup.Key[..backup.Key.LastIndexOf(".rdb", StringComparison.Ordinal)], cancellationToken).ConfigureAwait(false))
            {
                if (BackupKey.WithoutShard(item.Key) == backup.Key)
                {
                    keys.Add(item.Key);
                }
            }
        }
        else
        {
            keys.Add(backup.Key);
        }

        return keys;
    }
}
