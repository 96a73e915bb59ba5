using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>The backups at the second destination.</summary>
/// <param name="Size">The bytes of their objects by key, of those that have a manifest there; null where the listing does not tell.</param>
internal sealed record CopyFacts(IReadOnlyDictionary<string, long?> Size)
{
    /// <summary>Lists them. A folder that has not been made yet holds none.</summary>
    public static async Task<CopyFacts> ReadAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<string, long?>(StringComparer.Ordinal);
        try
        {
            await foreach (var item in BackupListing.ReadAsync(store, cancellationToken).ConfigureAwait(false))
            {
                if (item.HasManifest)
                {
                    sizes[item.Name] = item.Size;
                }
            }
        }
        catch (StoreNotFoundException) when (sizes.Count == 0)
        {
            await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        }

        return new CopyFacts(sizes);
    }

    /// <summary>Whether a backup has a copy, be it whole or not.</summary>
    public bool Has(ListedBackup backup) => Size.ContainsKey(backup.Key);

    /// <summary>Whether a backup has a copy of which all is there, as far as sizes tell.</summary>
    public bool HasWhole(ListedBackup backup) => Size.TryGetValue(backup.Key, out var size) && (size is null || backup.Size is null || size == backup.Size);
}
