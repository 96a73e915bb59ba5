using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>The backups at the second destination.</summary>
/// <param name="Keys">The keys of those that have a manifest there, which is written last.</param>
internal sealed record CopyFacts(IReadOnlySet<string> Keys)
{
    /// <summary>Lists them. A folder that has not been made yet holds none.</summary>
    public static async Task<CopyFacts> ReadAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var item in store.ListAsync(BackupKey.Root, BackupKey.AfterInternal, cancellationToken).ConfigureAwait(false))
            {
                if (item.Key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal))
                {
                    keys.Add(item.Key[..^BackupKey.ManifestSuffix.Length]);
                }
            }
        }
        catch (StoreNotFoundException) when (keys.Count == 0)
        {
            await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        }

        return new CopyFacts(keys);
    }
}
