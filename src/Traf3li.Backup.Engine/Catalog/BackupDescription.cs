using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>Builds the public description of a backup from what is known of it.</summary>
internal static class BackupDescription
{
    /// <summary>A backup with its manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="destination">Where it is, for people.</param>
    /// <param name="stored">Its archive; null when it is missing.</param>
    /// <param name="shards">The archives of a cluster's other shards that are there, by their keys; null when all are known to be there.</param>
    public static BackupInfo FromManifest(BackupManifest manifest, string destination, StoredObject? stored, IReadOnlyDictionary<string, StoredObject>? shards = null)
    {
        IReadOnlyList<string> problems = [.. FindProblems(manifest, stored, shards)];
        return Describe(manifest, destination, stored, problems);
    }

    private static BackupInfo Describe(BackupManifest manifest, string destination, StoredObject? stored, IReadOnlyList<string> problems) => new()
    {
        Key = manifest.Key,
        Destination = destination,
        Source = manifest.Source,
        Type = manifest.Type,
        Environment = manifest.Environment,
        Database = manifest.Database,
        Date = manifest.StartTime,
        Size = stored is null ? 0 : stored.HasSize(manifest.StoredSize) ? manifest.StoredSize : stored.Size,
        LogicalSize = manifest.Redis?.Shard.Sum(item => item.ArchiveSize) ?? manifest.Namespace.Sum(item => item.Size),
        DocumentCount = manifest.Redis?.Database.Sum(item => item.Count) ?? manifest.Namespace.Sum(item => item.Count),
        StorageClass = stored?.StorageClass,
        ThawStatus = stored?.Archive?.Status,
        ThawedUntil = stored?.Archive?.ThawedUntil,
        Status = problems.Count == 0 ? BackupStatus.Complete : BackupStatus.Incomplete,
        Consistency = manifest.Consistency,
        ConsistencyPoint = manifest.ConsistencyPoint,
        Compression = manifest.Compression,
        Tag = manifest.Tag,
        Warning = [.. manifest.Warning, .. problems],
        Duration = manifest.EndTime - manifest.StartTime,
        Manifest = manifest,
    };

    private static IEnumerable<string> FindProblems(BackupManifest manifest, StoredObject? stored, IReadOnlyDictionary<string, StoredObject>? shards)
    {
        if (FindProblem("The archive", "of this manifest ", stored, manifest.StoredSize) is { } problem)
        {
            yield return problem;
        }

        if (shards is null || manifest.Redis is null)
        {
            yield break;
        }

        foreach (var shard in manifest.Redis.Shard.Skip(1))
        {
            if (FindProblem($"The archive of the shard {shard.Host}", "", shards.GetValueOrDefault(shard.Key), shard.StoredSize) is { } other)
            {
                yield return other;
            }
        }
    }

    private static string? FindProblem(string archive, string whose, StoredObject? stored, long size) =>
        stored is null ? $"{archive} {whose}is missing."
        : !stored.HasSize(size) ? $"{archive} has {stored.Size} bytes, not {size}."
        : null;

    /// <summary>A backup with its manifest, given by the path of its archive.</summary>
    public static BackupInfo FromPath(BackupManifest manifest, string path, string name, long size)
    {
        var described = FromManifest(manifest, destination: "", new StoredObject(manifest.Key, size, manifest.EndTime));
        return new BackupInfo
        {
            Key = name,
            Path = path,
            Source = described.Source,
            Type = described.Type,
            Environment = described.Environment,
            Database = described.Database,
            Date = described.Date,
            Size = size,
            LogicalSize = described.LogicalSize,
            DocumentCount = described.DocumentCount,
            Status = described.Status,
            Consistency = described.Consistency,
            ConsistencyPoint = described.ConsistencyPoint,
            Compression = described.Compression,
            Tag = described.Tag,
            Warning = described.Warning,
            Duration = described.Duration,
            Manifest = manifest,
        };
    }

    /// <summary>
    /// An object without a readable manifest. The Node scripts wrote plain and gzip archives only, so any other compression without a manifest
    /// is what a killed backup of this module left.
    /// </summary>
    public static BackupInfo FromKey(BackupKey key, string destination, StoredObject stored, string? problem = null) => new()
    {
        Key = stored.Key,
        Destination = destination,
        Source = key.Source,
        Type = key.Type,
        Environment = key.Environment,
        Date = key.Time,
        Size = stored.Size,
        StorageClass = stored.StorageClass,
        ThawStatus = stored.Archive?.Status,
        ThawedUntil = stored.Archive?.ThawedUntil,
        Status = problem is null && key.Compression != CompressionMethod.Zstd ? BackupStatus.Legacy : BackupStatus.Incomplete,
        Compression = key.Compression,
        Warning = problem is null ? [] : [problem],
    };
}
