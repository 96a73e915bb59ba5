namespace Traf3li.Backup.Engine.Catalog;

/// <summary>What must hold within any manifest, so that what relies on it need not check again.</summary>
internal static class ManifestRules
{
    /// <summary>The <see cref="BlockManifest.NamespaceIndex" /> of the archive's prelude.</summary>
    public const int PreludeIndex = -1;

    /// <summary>The <see cref="BlockManifest.NamespaceIndex" /> of the captured oplog.</summary>
    public const int OplogIndex = -2;

    // A block holds one segment: one document of at most 16 MiB, or several of about 4 MiB together; twice that leaves room to change.
    private const int MaxBlockSize = 48 << 20;

    /// <summary>The first rule that is broken, in words; null when all hold.</summary>
    public static string? FindContradiction(BackupManifest manifest)
    {
        if (FindMissing(manifest) is { } missing)
        {
            return $"{missing} is missing.";
        }

        if (manifest.FormatVersion < 1)
        {
            return "it has no format version.";
        }

        if (manifest.StoredSize < 0 || manifest.ArchiveSize < 0 || manifest.EndTime < manifest.StartTime)
        {
            return "a size is negative or it ends before it begins.";
        }

        if (manifest.StoredSha256 is not { Length: 64 } hash || !hash.All(char.IsAsciiHexDigit))
        {
            return "storedSha256 is no SHA-256.";
        }

        if (manifest.Namespace.FirstOrDefault(item => item.Count < 0 || item.Size < 0 || item.Type is not ("collection" or "view" or "timeseries")) is { } wrong)
        {
            return $"the entry of {wrong} is out of range.";
        }

        if (manifest.Namespace.Select(item => (item.Database, item.Collection)).Distinct().Count() != manifest.Namespace.Count)
        {
            return "a namespace stands in it twice.";
        }

        return FindBlockContradiction(manifest.Block, manifest.StoredSize, manifest.ArchiveSize, manifest.Namespace.Count) ?? RedisRules.FindContradiction(manifest);
    }

    // JSON may hold null where the model allows none.
    private static string? FindMissing(BackupManifest manifest)
    {
        (string Name, object? Value)[] required =
        [
            ("toolVersion", manifest.ToolVersion), ("id", manifest.Id), ("key", manifest.Key), ("environment", manifest.Environment),
            ("server", manifest.Server), ("server.host", manifest.Server?.Host), ("server.version", manifest.Server?.Version),
            ("selection", manifest.Selection), ("selection.database", manifest.Selection?.Database), ("selection.collection", manifest.Selection?.Collection),
            ("selection.excludeCollection", manifest.Selection?.ExcludeCollection),
            ("database", manifest.Database), ("tag", manifest.Tag), ("warning", manifest.Warning), ("namespace", manifest.Namespace), ("block", manifest.Block),
        ];
        var missing = required.FirstOrDefault(item => item.Value is null).Name;
        return missing
            ?? (manifest.Namespace.Any(item => item is null || item.Database is null || item.Collection is null || item.IndexBson is null || item.IndexBson.Any(index => index is null))
                ? "a part of a namespace's entry"
                : manifest.Block.Any(item => item is null) ? "a block's entry" : null);
    }

    /// <summary>What is wrong with a block index; null when it covers its object.</summary>
    public static string? FindBlockContradiction(IReadOnlyList<BlockManifest> blocks, long storedSize, long archiveSize, int namespaces)
    {
        long stored = 0;
        long plain = 0;
        foreach (var block in blocks)
        {
            if (block.Offset != stored || block.StoredSize <= 0 || block.Size is <= 0 or > MaxBlockSize || block.StoredSize > MaxBlockSize)
            {
                return $"the block index is broken at byte {block.Offset}.";
            }

            if (block.NamespaceIndex < OplogIndex || block.NamespaceIndex >= namespaces)
            {
                return $"the block at byte {block.Offset} belongs to no namespace.";
            }

            stored += block.StoredSize;
            plain += block.Size;
        }

        return stored == storedSize && plain == archiveSize ? null : "the block index does not cover the stored object.";
    }
}
