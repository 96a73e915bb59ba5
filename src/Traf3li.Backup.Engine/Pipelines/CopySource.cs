using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>A backup that is to be copied, as it lies at its source.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Layout">What the key says.</param>
/// <param name="ManifestBytes">The manifest as it is stored; null for a legacy backup.</param>
/// <param name="Manifest">The manifest; null for a legacy backup.</param>
/// <param name="Object">Its objects in the order in which they are copied: that of the backup's own key last, since it alone would be listed.</param>
internal sealed record CopySource(string Key, BackupKey Layout, byte[]? ManifestBytes, BackupManifest? Manifest, IReadOnlyList<CopyObject> Object)
{
    /// <summary>Bytes of all objects.</summary>
    public long Size => Object.Sum(item => item.Size);

    /// <summary>Reads the manifest and looks at the objects.</summary>
    /// <exception cref="BackupNotFoundException">There is no such backup, or one of its objects is missing.</exception>
    /// <exception cref="ChecksumMismatchException">An object has another size than was recorded.</exception>
    /// <exception cref="ManifestCorruptException">The manifest cannot be relied on.</exception>
    public static async Task<CopySource> ReadAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        var layout = BackupKey.TryParse(key) ?? throw new BackupNotFoundException(key, store.DisplayName);
        var bytes = await new BackupCatalog(store).TryReadManifestBytesAsync(key, cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            var stored = await store.FindAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(key, store.DisplayName);
            return layout.Compression == CompressionMethod.Zstd
                ? throw new ManifestCorruptException(BackupKey.ManifestOf(key), "it is missing, so the backup was never completed.")
                : new CopySource(key, layout, null, null, [Archived(new CopyObject(key, stored.Size, Sha256: null), stored)]);
        }

        var manifest = BackupCatalog.Parse(key, bytes);
        CopyObject[] objects = manifest.Redis is { Shard.Count: > 0 } redis
            ? [.. redis.Shard.Skip(1).Append(redis.Shard[0]).Select(shard => new CopyObject(shard.Key, shard.StoredSize, shard.StoredSha256.ToLowerInvariant()))]
            : [new CopyObject(key, manifest.StoredSize, manifest.StoredSha256.ToLowerInvariant())];
        for (var index = 0; index < objects.Length; index++)
        {
            var item = objects[index];
            var stored = await store.FindAsync(item.Key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(item.Key, store.DisplayName);
            if (!stored.HasSize(item.Size))
            {
                throw new ChecksumMismatchException(item.Key, $"of {item.Size} bytes", $"of {stored.Size} bytes", destination: store.DisplayName);
            }

            objects[index] = Archived(item, stored);
        }

        return new CopySource(key, layout, bytes, manifest, objects);
    }

    private static CopyObject Archived(CopyObject item, StoredObject stored) => stored.Archive is { CanBeRead: false } archive ? item with { Archive = archive } : item;
}
