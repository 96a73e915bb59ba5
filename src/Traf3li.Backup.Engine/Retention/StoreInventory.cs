using System.Collections.Concurrent;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Everything that retention judges in a store, read in one listing and the manifests.</summary>
internal sealed class StoreInventory
{
    private const int ManifestsAtOnce = 8;

    private readonly IObjectStore _store;
    private readonly BackupCatalog _catalog;
    private readonly BackupHolds _holds;
    private readonly Dictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTime> _interrupted = new(StringComparer.Ordinal);

    private StoreInventory(IObjectStore store)
    {
        _store = store;
        _catalog = new BackupCatalog(store);
        _holds = new BackupHolds(store);
    }

    /// <summary>The backups and left-overs.</summary>
    public IReadOnlyList<StoredBackup> Backups { get; private set; } = [];

    /// <summary>What other runs of retention left: journals of removals, and objects that asked for the time.</summary>
    public IReadOnlyList<StoredObject> Traces { get; private set; } = [];

    /// <summary>Everything that was listed but the traces, by key.</summary>
    public IReadOnlyDictionary<string, StoredObject> Objects => _objects;

    /// <summary>Reads a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="environment">The only environment wanted; null takes all.</param>
    /// <param name="failedTest">When tests found backups not to be good, by key.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<StoreInventory> ReadAsync(IObjectStore store, string? environment, IReadOnlyDictionary<string, DateTime> failedTest, CancellationToken cancellationToken)
    {
        var inventory = await ListAsync(store, cancellationToken).ConfigureAwait(false);
        await inventory.DescribeAsync((_, key) => environment is null || key.Environment == environment, cancellationToken).ConfigureAwait(false);
        inventory.Backups = [.. inventory.Backups.Select(item => failedTest.TryGetValue(item.Candidate.Key, out var failed) ? item with { Candidate = item.Candidate with { FailedTest = failed } } : item)];
        return inventory;
    }

    /// <summary>Lists a store, and describes nothing.</summary>
    public static async Task<StoreInventory> ListAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        var inventory = new StoreInventory(store);
        await inventory.ListAsync(cancellationToken).ConfigureAwait(false);
        return inventory;
    }

    /// <summary>Reads the manifests of the backups whose name and parsed key are wanted, and describes those.</summary>
    public async Task DescribeAsync(Func<string, BackupKey, bool> wanted, CancellationToken cancellationToken)
    {
        var found = new ConcurrentBag<StoredBackup>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = ManifestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            Owners().Where(owner => wanted(owner.Key, owner.Value)),
            options,
            async (owner, token) => found.Add(await DescribeAsync(owner.Key, owner.Value, token).ConfigureAwait(false))).ConfigureAwait(false);
        Backups = WithoutShardsOfOthers([.. found]);
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var traces = new List<StoredObject>();
        await foreach (var item in _store.ListAsync(RemovalJournal.Folder, cancellationToken).ConfigureAwait(false))
        {
            traces.Add(item);
        }

        await foreach (var item in _store.ListAsync(BackupKey.Root, BackupKey.AfterInternal, cancellationToken).ConfigureAwait(false))
        {
            _objects[item.Key] = item;
        }

        foreach (var journal in traces.Where(item => RemovalJournal.IsJournal(item.Key)))
        {
            foreach (var key in await new RemovalJournal(_store).ReadAsync(journal, cancellationToken).ConfigureAwait(false))
            {
                _interrupted[key] = _interrupted.GetValueOrDefault(key) is var known && known > journal.LastModified ? known : journal.LastModified;
            }
        }

        Traces = traces;
    }

    // The keys that an object, a manifest or a hold is of. Names of another layout are none of retention's.
    private Dictionary<string, BackupKey> Owners()
    {
        var owners = new Dictionary<string, BackupKey>(StringComparer.Ordinal);
        foreach (var name in _objects.Keys.Select(WithoutSuffix))
        {
            if (BackupKey.TryParse(BackupKey.WithoutShard(name)) is { } key)
            {
                owners[name] = key;
            }
        }

        return owners;
    }

    private static string WithoutSuffix(string key) =>
        key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) ? key[..^BackupKey.ManifestSuffix.Length]
        : key.EndsWith(BackupHolds.Suffix, StringComparison.Ordinal) ? key[..^BackupHolds.Suffix.Length]
        : key;

    private async Task<StoredBackup> DescribeAsync(string name, BackupKey key, CancellationToken cancellationToken)
    {
        var facts = await FactsAsync(name, key, cancellationToken).ConfigureAwait(false);
        if (!_objects.TryGetValue(BackupHolds.KeyOf(name), out var held))
        {
            return facts;
        }

        var hold = await _holds.ReadAsync(name, held, cancellationToken).ConfigureAwait(false);
        return facts with { Candidate = facts.Candidate with { Hold = hold.ToString(), HoldUntil = hold.Until }, HoldKey = held.Key };
    }

    private async Task<StoredBackup> FactsAsync(string name, BackupKey key, CancellationToken cancellationToken)
    {
        var stored = _objects.GetValueOrDefault(name);
        var manifestKey = BackupKey.ManifestOf(name);
        if (!_objects.ContainsKey(manifestKey))
        {
            return WithoutManifest(name, key, stored);
        }

        try
        {
            return await _catalog.TryReadManifestAsync(name, cancellationToken).ConfigureAwait(false) is { } manifest
                ? WithManifest(manifest, manifestKey)
                : WithoutManifest(name, key, stored);
        }
        catch (BackupException exception) when (exception is ManifestCorruptException or ManifestVersionException or ObjectArchivedException)
        {
            var state = exception is ManifestCorruptException ? CandidateState.Damaged : CandidateState.Unknown;
            return new StoredBackup(Candidate(name, key, state, stored), stored is null ? [] : [name], manifestKey);
        }
    }

    private StoredBackup WithoutManifest(string name, BackupKey key, StoredObject? stored)
    {
        var state = stored is null ? CandidateState.OrphanManifest
            : _interrupted.TryGetValue(name, out var journaled) && stored.LastModified <= journaled ? CandidateState.Interrupted
            : key.Compression == CompressionMethod.Zstd || BackupKey.WithoutShard(name) != name ? CandidateState.OrphanObject
            : CandidateState.Legacy;
        return new StoredBackup(Candidate(name, key, state, stored), stored is null ? [] : [name], ManifestKey: null);
    }

    private StoredBackup WithManifest(BackupManifest manifest, string manifestKey)
    {
        var recorded = manifest.Redis?.Shard.Select(shard => (shard.Key, shard.StoredSize)).ToList() ?? [(manifest.Key, manifest.StoredSize)];
        var there = recorded.Select(item => (item.StoredSize, Stored: _objects.GetValueOrDefault(item.Key))).Where(item => item.Stored is not null).ToList();
        var state = there.Count == 0 ? CandidateState.OrphanManifest
            : there.Count == recorded.Count && there.TrueForAll(item => item.Stored!.HasSize(item.StoredSize)) ? CandidateState.Good
            : CandidateState.Damaged;
        var newest = there.Select(item => item.Stored!.LastModified).Append(_objects[manifestKey].LastModified).Max();
        var candidate = new RetentionCandidate
        {
            Key = manifest.Key,
            Source = manifest.Source,
            Type = manifest.Type,
            Environment = manifest.Environment,
            Date = manifest.StartTime,
            State = state,
            LastModified = newest,
            Size = there.Sum(item => item.Stored!.Size),
            Selection = RetentionSet.Describe(manifest.Selection),
            IsPartial = manifest.Selection.Collection.Count > 0,
            IsSafety = manifest.Tag.ContainsKey(RestorePipeline.SafetyTag),
            IsVerified = manifest.ReadBack,
            ConsistencyPoint = manifest.ConsistencyPoint,
            Tag = manifest.Tag,
        };
        return new StoredBackup(candidate, [.. there.Select(item => item.Stored!.Key)], manifestKey);
    }

    private static RetentionCandidate Candidate(string name, BackupKey key, CandidateState state, StoredObject? stored) => new()
    {
        Key = name,
        Source = key.Source,
        Type = key.Type,
        Environment = key.Environment,
        Date = key.Time,
        State = state,
        LastModified = stored?.LastModified ?? key.Time,
        Size = stored?.Size ?? 0,
    };

    // A shard is a part of its backup, unless no manifest names it. Where the manifest cannot be read, nobody knows.
    private List<StoredBackup> WithoutShardsOfOthers(List<StoredBackup> all)
    {
        var owned = all.Where(item => item.ManifestKey is not null).SelectMany(item => item.ObjectKeys).ToHashSet(StringComparer.Ordinal);
        return [.. all.Where(item => item.ManifestKey is not null
            || BackupKey.WithoutShard(item.Candidate.Key) is var own && (own == item.Candidate.Key || (!owned.Contains(item.Candidate.Key) && !_objects.ContainsKey(BackupKey.ManifestOf(own)))))];
    }
}
