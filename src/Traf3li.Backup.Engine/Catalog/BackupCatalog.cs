using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>Finds the backups of a store and reads and writes their manifests.</summary>
internal sealed class BackupCatalog(IObjectStore store)
{
    /// <summary>Lists what a query asks for, newest first. A manifest that cannot be read makes its backup Incomplete, with a warning, and the list goes on.</summary>
    public async IAsyncEnumerable<BackupInfo> ListAsync(BackupQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = query.Key.Select(text => new NamespacePattern(text)).ToArray();
        var candidates = new List<Candidate>();
        var shards = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var candidate in FindCandidatesAsync(shards, cancellationToken).ConfigureAwait(false))
        {
            if (MayMatch(query, keys, candidate))
            {
                candidates.Add(candidate);
            }
        }

        var left = query.Latest ?? int.MaxValue;
        var databases = query.Database.Select(text => new NamespacePattern(text)).ToArray();
        foreach (var candidate in candidates.OrderByDescending(item => item.Key.Time).ThenByDescending(item => item.Name, StringComparer.Ordinal))
        {
            if (left == 0)
            {
                yield break;
            }

            var backup = await DescribeAsync(candidate, shards, cancellationToken).ConfigureAwait(false);
            if ((query.Status.Count == 0 || query.Status.Contains(backup.Status))
                && (databases.Length == 0 || backup.Database.Any(name => databases.Any(pattern => pattern.IsMatch(name)))))
            {
                left--;
                yield return backup;
            }
        }
    }

    /// <summary>Describes the one backup of a key.</summary>
    /// <exception cref="BackupNotFoundException">There is neither an object nor a manifest.</exception>
    public async Task<BackupInfo> GetAsync(string key, CancellationToken cancellationToken)
    {
        var stored = await store.FindAsync(key, cancellationToken).ConfigureAwait(false);
        var manifest = await TryReadManifestAsync(key, cancellationToken).ConfigureAwait(false);
        if (manifest is not null)
        {
            var shards = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
            if (manifest.Redis is { Shard.Count: > 1 })
            {
                await foreach (var item in store.ListAsync(BackupKey.ShardPrefixOf(key), cancellationToken).ConfigureAwait(false))
                {
                    shards[item.Key] = item;
                }
            }

            return BackupDescription.FromManifest(manifest, store.DisplayName, stored, shards);
        }

        return stored is not null && BackupKey.TryParse(key) is { } parsed
            ? BackupDescription.FromKey(parsed, store.DisplayName, stored)
            : throw new BackupNotFoundException(key, store.DisplayName);
    }

    /// <summary>Reads the manifest of a backup; null when it has none.</summary>
    public async Task<BackupManifest?> TryReadManifestAsync(string key, CancellationToken cancellationToken) =>
        await TryReadManifestBytesAsync(key, cancellationToken).ConfigureAwait(false) is { } bytes ? Parse(key, bytes) : null;

    /// <summary>Reads the manifest of a backup as it is stored; null when it has none.</summary>
    /// <exception cref="ManifestCorruptException">It is longer than any manifest.</exception>
    public async Task<byte[]?> TryReadManifestBytesAsync(string key, CancellationToken cancellationToken)
    {
        var manifestKey = BackupKey.ManifestOf(key);
        return await store.ReadWholeAsync(manifestKey, ManifestSerializer.MaxSize, cancellationToken).ConfigureAwait(false) is var (stored, bytes)
            ? bytes ?? throw new ManifestCorruptException(manifestKey, $"it has {stored.Size} bytes, and no manifest is that long.")
            : null;
    }

    /// <summary>Understands the manifest of a backup.</summary>
    /// <exception cref="ManifestCorruptException">It is none, contradicts itself, or is that of another backup.</exception>
    public static BackupManifest Parse(string key, ReadOnlySpan<byte> bytes)
    {
        var manifestKey = BackupKey.ManifestOf(key);
        var manifest = ManifestSerializer.Deserialize(bytes, manifestKey);
        return manifest.Key == key
            ? manifest
            : throw new ManifestCorruptException(manifestKey, $"it belongs to {manifest.Key}.");
    }

    /// <summary>Writes a manifest, which makes its backup exist: one that could not be read again is not written.</summary>
    /// <exception cref="ConfigurationInvalidException">It is longer than any that is read.</exception>
    public async Task WriteManifestAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var options = new UploadOptions { OnlyIfAbsent = true, ContentType = "application/json" };
        var bytes = ManifestSerializer.Serialize(manifest);
        if (bytes.Length > ManifestSerializer.MaxSize)
        {
            throw new ConfigurationInvalidException(
                "Database",
                FormattableString.Invariant($"the manifest of {manifest.Namespace.Count} collections and {manifest.Block.Count} blocks takes {bytes.Length} bytes, and {ManifestSerializer.MaxSize} are the most that are read."),
                "Back up fewer databases or collections at a time (-Database, -Collection).");
        }

        Parse(manifest.Key, bytes);
        await store.WriteAsync(BackupKey.ManifestOf(manifest.Key), bytes, options, cancellationToken).ConfigureAwait(false);
    }

    private static bool MayMatch(BackupQuery query, NamespacePattern[] keys, Candidate candidate) =>
        (keys.Length == 0 || keys.Any(pattern => pattern.IsMatch(candidate.Name)))
        && (query.Source is null or BackupSource.All || query.Source == candidate.Key.Source)
        && (query.Type.Count == 0 || query.Type.Contains(candidate.Key.Type))
        && (query.Environment is null || query.Environment == candidate.Key.Environment)
        && (query.After is null || candidate.Key.Time >= query.After)
        && (query.Before is null || candidate.Key.Time < query.Before);

    // Puts the archives of other shards than a backup's first aside.
    private async IAsyncEnumerable<Candidate> FindCandidatesAsync(Dictionary<string, StoredObject> shards, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // In ordinal order an object comes right before its manifest, since the manifest's key is the longer one; only a hold can lie between them.
        StoredObject? pending = null;
        await foreach (var item in store.ListAsync(BackupKey.Root, BackupKey.AfterInternal, cancellationToken).ConfigureAwait(false))
        {
            if (item.Key.EndsWith(BackupHolds.Suffix, StringComparison.Ordinal))
            {
                continue;
            }

            if (item.Key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal))
            {
                var name = item.Key[..^BackupKey.ManifestSuffix.Length];
                var stored = pending?.Key == name ? pending : null;
                if (BackupKey.TryParse(name) is { } key)
                {
                    yield return new Candidate(name, key, stored, HasManifest: true);
                }

                pending = stored is null ? pending : null;
                continue;
            }

            if (pending is not null && BackupKey.TryParse(pending.Key) is { } legacy)
            {
                yield return new Candidate(pending.Key, legacy, pending, HasManifest: false);
            }

            if (BackupKey.WithoutShard(item.Key) != item.Key)
            {
                shards[item.Key] = item;
            }

            pending = item;
        }

        if (pending is not null && BackupKey.TryParse(pending.Key) is { } last)
        {
            yield return new Candidate(pending.Key, last, pending, HasManifest: false);
        }
    }

    private async Task<BackupInfo> DescribeAsync(Candidate candidate, Dictionary<string, StoredObject> shards, CancellationToken cancellationToken)
    {
        if (!candidate.HasManifest)
        {
            return BackupDescription.FromKey(candidate.Key, store.DisplayName, candidate.Stored!);
        }

        try
        {
            var manifest = await TryReadManifestAsync(candidate.Name, cancellationToken).ConfigureAwait(false);
            return manifest is null
                ? BackupDescription.FromKey(candidate.Key, store.DisplayName, candidate.Stored ?? Missing(candidate), "The manifest was deleted while listing.")
                : BackupDescription.FromManifest(manifest, store.DisplayName, candidate.Stored, shards);
        }
        catch (BackupException exception) when (exception is ManifestCorruptException or ManifestVersionException or ObjectArchivedException)
        {
            return BackupDescription.FromKey(
                candidate.Key, store.DisplayName, candidate.Stored ?? Missing(candidate), $"{exception.Message} {exception.Recommendation}");
        }
    }

    private static StoredObject Missing(Candidate candidate) => new(candidate.Name, 0, candidate.Key.Time);

    private sealed record Candidate(string Name, BackupKey Key, StoredObject? Stored, bool HasManifest);
}
