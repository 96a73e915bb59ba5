using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Backs a Redis server up: its RDB, by replication or made of its keys → parser → compression → store → verification → manifest. The RDB is checked
/// while it passes and never lies on a local disk. Of a cluster each primary's RDB is an object of its own.
/// </summary>
internal sealed class RedisBackupPipeline(
    IObjectStore store, BufferPool pool, ReplicationOptions replication, IEngineReporter reporter, TimeProvider time)
{
    private static readonly byte[] Marker = Encoding.ASCII.GetBytes(RestoreMarker.Key);

    private readonly BackupObjectWriter _objects = new(store, pool, reporter, time);

    /// <summary>What has to hold before a manifest is written, which cannot be taken back; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeManifest { get; init; }

    /// <summary>Says what a backup would read. Connects and writes nothing.</summary>
    public async Task<BackupPlan> PlanAsync(RedisTarget target, BackupOptions options, string environment, CancellationToken cancellationToken)
    {
        await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        var (topology, facts) = await ReadServersAsync(target, cancellationToken).ConfigureAwait(false);
        var opener = new RdbSourceOpener(options.Method, replication, time);
        var method = await opener.PlanAsync(topology, facts, cancellationToken).ConfigureAwait(false);
        return new BackupPlan
        {
            Key = CreateKey(options, environment, time.GetUtcNow().UtcDateTime).ToString(),
            Destination = store.DisplayName,
            Server = Describe(topology, facts[0]),
            Consistency = RedisManifests.ConsistencyOf(method, topology.Shards.Count),
            Method = method,
            Namespace = [.. facts.SelectMany(item => item.Keys).GroupBy(item => item.Key).OrderBy(item => item.Key)
                .Select(item => new PlannedNamespace($"db{item.Key.ToString(CultureInfo.InvariantCulture)}", "database", item.Sum(keys => keys.Value), null))],
            Warning = [.. Notes(topology, facts, method), .. opener.Notes, .. Warnings(facts, method), .. opener.Warnings],
        };
    }

    /// <summary>Takes the backup and returns its description.</summary>
    public async Task<BackupInfo> RunAsync(RedisTarget target, BackupOptions options, string environment, long? maxSize, CancellationToken cancellationToken)
    {
        var start = BackupClock.Now(time);
        options = options with { CompressionLevel = options.CompressionLevel ?? BlockCompression.DefaultRdbLevel(options.Compression) };
        var key = CreateKey(options, environment, start);
        await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        await StaleUploads.RemoveAsync(store, reporter, start, cancellationToken).ConfigureAwait(false);
        var (topology, facts) = await ReadServersAsync(target, cancellationToken).ConfigureAwait(false);
        var opener = new RdbSourceOpener(options.Method, replication, time);
        var estimate = facts.Sum(item => item.UsedMemory);
        using var progress = new OperationProgress(reporter, time, $"Backing up {facts[0].Endpoint} to {store.DisplayName}", totalBytes: null);
        reporter.Verbose($"Reading {string.Join(", ", facts.Select(item => item.Endpoint))} ({facts[0].Kind} {facts[0].Version}), {ReadableSize.Format(estimate ?? 0)} of memory in use.");
        foreach (var note in Notes(topology, facts, options.Method))
        {
            reporter.Verbose(note);
        }

        var shards = new List<StoredRdb>();
        try
        {
            for (var index = 0; index < topology.Shards.Count; index++)
            {
                shards.Add(await StoreAsync(opener, topology.Shards[index], key.ShardKey(index), options, maxSize, progress, cancellationToken).ConfigureAwait(false));
            }

            IReadOnlyList<string> warnings = [.. Warnings(facts, opener.Method), .. opener.Warnings, .. RedisManifests.MarkerWarnings(shards)];
            var manifest = RedisManifests.Create(
                key, options, BackupClock.End(start, time), Describe(topology, facts[0]), facts[0].Kind, opener.Method, shards, warnings);
            if (BeforeManifest is not null)
            {
                await BeforeManifest(cancellationToken).ConfigureAwait(false);
            }

            await new BackupCatalog(store).WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
            foreach (var note in opener.Notes)
            {
                reporter.Verbose(note);
            }

            foreach (var warning in warnings)
            {
                reporter.Warning(warning);
            }

            return BackupDescription.FromManifest(manifest, store.DisplayName, new StoredObject(manifest.Key, manifest.StoredSize, manifest.EndTime));
        }
        catch
        {
            foreach (var shard in shards)
            {
                await _objects.DeleteAsync(shard.Written.Key).ConfigureAwait(false);
            }

            throw;
        }
    }

    private static BackupKey CreateKey(BackupOptions options, string environment, DateTime start) => new()
    {
        Source = BackupSource.Redis,
        Type = options.Type,
        Environment = environment,
        Time = start,
        Compression = options.Compression,
    };

    private static ServerFacts Describe(RedisTopology topology, RedisServerFacts facts) => new()
    {
        Host = facts.Endpoint.ToString(),
        Version = facts.Version,
        Topology = topology.Kind.ToString(),
    };

    private static IEnumerable<string> Warnings(IReadOnlyList<RedisServerFacts> facts, RedisBackupMethod method) =>
        facts.SelectMany(item => method == RedisBackupMethod.Scan ? RedisPreflight.WarningsOfScan(item) : RedisPreflight.Warnings(item));

    // What is so each time, and what nobody can change, would end every night's backup with a warning. The manifest's consistency says it too.
    private static IEnumerable<string> Notes(RedisTopology topology, IReadOnlyList<RedisServerFacts> facts, RedisBackupMethod method)
    {
        var notes = method == RedisBackupMethod.Scan ? [] : facts.SelectMany(RedisPreflight.Notes);
        return topology.Shards.Count == 1
            ? notes
            : notes.Append($"Each of the {topology.Shards.Count} shards is the state at a moment of its own; together they are not one point in time.");
    }

    private async Task<(RedisTopology Topology, IReadOnlyList<RedisServerFacts> Facts)> ReadServersAsync(RedisTarget target, CancellationToken cancellationToken)
    {
        var topology = await RedisTopology.FindAsync(target, replication.Connection, reporter, time, cancellationToken).ConfigureAwait(false);
        var facts = new List<RedisServerFacts>();
        foreach (var shard in topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, replication.Connection, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                facts.Add(await RedisServerFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false));
            }
        }

        return (topology, facts);
    }

    private async Task<StoredRdb> StoreAsync(
        RdbSourceOpener opener, RedisShard shard, string key, BackupOptions options, long? maxSize, OperationProgress progress, CancellationToken cancellationToken)
    {
        var snapshot = await opener.OpenAsync(shard, cancellationToken).ConfigureAwait(false);
        await using (snapshot.ConfigureAwait(false))
        {
            using var part = progress.Begin(shard.Node.Endpoint.ToString(), snapshot.Length);
            var ((summary, blocks), written) = await _objects.WriteAsync(
                options,
                key,
                maxSize,
                async writer =>
                {
                    var rdb = options.RateLimit is { } limit ? new RateLimitedStream(snapshot.Rdb, limit, time) : snapshot.Rdb;
                    using var tap = new BlockTap(rdb, writer, pool, part);
                    var found = await RdbReader.RunAsync(tap, key, reader => RdbSummary.Read(reader, withDigest: false, cancellationToken, Marker), cancellationToken)
                        .ConfigureAwait(false);
                    return (found, await writer.CompleteAsync().ConfigureAwait(false));
                },
                cancellationToken).ConfigureAwait(false);
            opener.NoteEnd(snapshot);
            return new StoredRdb(shard, snapshot.ReplicationId, snapshot.Offset, summary, blocks, written);
        }
    }
}
