using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>The objects of a backup together, as a listing alone tells of them.</summary>
/// <param name="Name">The key of the backup.</param>
internal sealed record BackupListing(string Name)
{
    private const string Shard = ".shard";

    /// <summary>Whether the object of the backup's own key is there.</summary>
    public bool HasObject { get; private set; }

    /// <summary>Whether its manifest is there, which is written last.</summary>
    public bool HasManifest { get; private set; }

    /// <summary>Their bytes; null where the store does not tell, as Ceph of what it has moved to another cloud.</summary>
    public long? Size { get; private set; } = 0;

    /// <summary>Bytes of all that was listed of it.</summary>
    public long TotalSize { get; private set; }

    /// <summary>Lists the backups of a store, and what has any other name, each by itself.</summary>
    public static async IAsyncEnumerable<BackupListing> ReadAsync(IObjectStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BackupListing? current = null;
        // In ordinal order an object comes right before its hold, its manifest and its further shards.
        await foreach (var item in store.ListAsync(BackupKey.Root, BackupKey.AfterInternal, cancellationToken).ConfigureAwait(false))
        {
            var name = NameOf(item.Key);
            if (current is not null && current.Name != name)
            {
                yield return current;
                current = null;
            }

            (current ??= new BackupListing(name)).Add(item);
        }

        if (current is not null)
        {
            yield return current;
        }
    }

    private static string NameOf(string key) =>
        key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) ? key[..^BackupKey.ManifestSuffix.Length]
        : key.EndsWith(BackupHolds.Suffix, StringComparison.Ordinal) ? key[..^BackupHolds.Suffix.Length]
        : key.Contains(Shard, StringComparison.Ordinal) ? BackupKey.WithoutShard(key)
        : key;

    private void Add(StoredObject item)
    {
        TotalSize += item.Size;
        if (item.Key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal))
        {
            HasManifest = true;
        }
        else if (!item.Key.EndsWith(BackupHolds.Suffix, StringComparison.Ordinal))
        {
            HasObject |= item.Key == Name;
            Size = item is { Size: 0, Archive.CanBeRead: false } ? null : Size + item.Size;
        }
    }
}
