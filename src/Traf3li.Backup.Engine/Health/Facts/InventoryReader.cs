using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>
/// Reads what is judged of the backups in a store: all keys in one listing, which tell time, source and type, and the manifests of the newest of each source
/// and type only. So ten thousand backups cost ten listings of a thousand, and some hundred small reads.
/// </summary>
internal sealed class InventoryReader(IObjectStore store, string environment)
{
    /// <summary>How many manifests of each source and type are read: enough for a median that a few odd ones do not move.</summary>
    public const int NewestOfEach = 21;

    private const int ReadsAtOnce = 16;

    /// <summary>Reads. A folder that does not exist yet holds nothing.</summary>
    public async Task<InventoryFacts> ReadAsync(CancellationToken cancellationToken)
    {
        var (listed, total) = await ListAsync(cancellationToken).ConfigureAwait(false);
        listed.Sort(static (one, other) => one.Date.CompareTo(other.Date));
        var wanted = listed.GroupBy(item => (item.Source, item.Type)).SelectMany(group => group.TakeLast(NewestOfEach)).ToArray();
        var facts = new BackupFacts[wanted.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, wanted.Length, options, async (index, token) => facts[index] = await DescribeAsync(wanted[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return new InventoryFacts { TotalSize = total, Listed = listed, Newest = [.. facts.OrderByDescending(item => item.Date)] };
    }

    private async Task<(List<ListedBackup> Listed, long Total)> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<ListedBackup>();
        var total = 0L;
        await foreach (var item in BackupListing.ReadAsync(store, cancellationToken).ConfigureAwait(false))
        {
            total += item.TotalSize;
            if ((item.HasObject || item.HasManifest) && BackupKey.TryParse(item.Name) is { } key && key.Environment == environment)
            {
                // The Node scripts wrote no manifests and no zstd: such an object is what a killed backup left.
                var isGood = item.HasObject && (item.HasManifest || key.Compression != CompressionMethod.Zstd);
                found.Add(new ListedBackup(item.Name, key.Source, key.Type, key.Time, isGood, item.HasManifest, item.Size));
            }
        }

        return (found, total);
    }

    private async Task<BackupFacts> DescribeAsync(ListedBackup item, CancellationToken cancellationToken)
    {
        try
        {
            var backup = await new BackupCatalog(store).GetAsync(item.Key, cancellationToken).ConfigureAwait(false);
            var manifest = backup.Manifest;
            return new BackupFacts
            {
                Key = item.Key,
                Source = item.Source,
                Type = backup.Type,
                Date = item.Date,
                IsGood = item.IsGood && backup.Status is BackupStatus.Complete or BackupStatus.Legacy,
                IsSafety = backup.Tag.ContainsKey(RestorePipeline.SafetyTag),
                IsPartial = manifest?.Selection.Collection.Count > 0,
                Selection = manifest is null ? "" : RetentionSet.Describe(manifest.Selection),
                Compression = backup.Compression,
                StoredSize = manifest?.Redis?.Shard.Sum(shard => shard.StoredSize) ?? backup.Size,
                ArchiveSize = manifest?.ArchiveSize,
                LogicalSize = backup.LogicalSize,
                DocumentCount = backup.DocumentCount,
                Duration = backup.Duration,
            };
        }
        catch (BackupException exception) when (exception is ManifestCorruptException or ManifestVersionException or BackupNotFoundException or ObjectArchivedException)
        {
            return new BackupFacts { Key = item.Key, Source = item.Source, Type = item.Type, Date = item.Date };
        }
    }

}
