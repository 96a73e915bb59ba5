using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Dump;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Takes one backup: server → archive → compression → store → verification → manifest. The manifest is written last, so a backup that was
/// stopped anywhere before does not exist.
/// </summary>
internal sealed class BackupPipeline(IObjectStore store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    private readonly BackupCatalog _catalog = new(store);
    private readonly BackupObjectWriter _objects = new(store, pool, reporter, time);

    /// <summary>What has to hold before a manifest is written, which cannot be taken back; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeManifest { get; init; }

    /// <summary>Takes the backup and returns its description.</summary>
    public async Task<BackupInfo> RunAsync(
        MongoConnection connection, BackupOptions options, string environment, long? maxSize, CancellationToken cancellationToken)
    {
        var start = BackupClock.Now(time);
        var key = CreateKey(options, environment, start).ToString();
        await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        await StaleUploads.RemoveAsync(store, reporter, start, cancellationToken).ConfigureAwait(false);

        // One node for everything: another member of the set may lag behind the oplog that is captured.
        using var node = await connection.PinAsync(cancellationToken).ConfigureAwait(false);
        var planner = new DumpPlanner(node, options);
        var capture = planner.Consistency == BackupConsistency.Oplog
            ? await OplogCapture.StartAsync(node, planner.Filter, cancellationToken).ConfigureAwait(false)
            : null;
        try
        {
            var plan = await planner.PlanAsync(cancellationToken).ConfigureAwait(false);
            var facts = await node.GetFactsAsync(plan.Databases.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
            reporter.Verbose(
                $"Reading {plan.Items.Count} namespaces of {plan.Databases.Count} databases from {facts.Host} (MongoDB {facts.Version}, {facts.Topology}), about {ReadableSize.Format(plan.EstimatedSize)}; consistency {plan.Consistency}.");
            if (capture is not null)
            {
                reporter.Verbose($"Capturing the oplog from {capture.Start}.");
            }

            var manifest = await StoreAsync(node, plan, capture, facts, options, key, environment, start, maxSize, cancellationToken).ConfigureAwait(false);
            return BackupDescription.FromManifest(manifest, store.DisplayName, new StoredObject(key, manifest.StoredSize, manifest.EndTime));
        }
        finally
        {
            if (capture is not null)
            {
                await capture.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The key that a backup begun at <paramref name="start" /> has.</summary>
    public static BackupKey CreateKey(BackupOptions options, string environment, DateTime start) => new()
    {
        Source = BackupSource.MongoDB,
        Type = options.Type,
        Environment = environment,
        Time = start,
        Compression = options.Compression,
    };

    private async Task<BackupManifest> StoreAsync(
        MongoConnection node,
        DumpPlan plan,
        OplogCapture? capture,
        ServerFacts facts,
        BackupOptions options,
        string key,
        string environment,
        DateTime start,
        long? maxSize,
        CancellationToken cancellationToken)
    {
        using var progress = new OperationProgress(reporter, time, $"Backing up {facts.Host} to {store.DisplayName}", plan.EstimatedSize);
        var (dumped, written) = await _objects.WriteAsync(
            options,
            key,
            maxSize,
            async writer =>
            {
                var dumper = new MongoDumper(node, plan, pool, EngineVersion.Text)
                {
                    Parallelism = options.ThrottleLimit ?? ServerParallelism.Default,
                    Rate = options.RateLimit is { } limit ? new RateLimiter(limit, time) : null,
                };
                var result = await dumper.DumpAsync(capture, writer, progress, cancellationToken).ConfigureAwait(false);
                if (result.ResumeCount > 0)
                {
                    reporter.Verbose($"Lost connections did no harm: reading went on {result.ResumeCount} times where it had stopped.");
                }

                return result;
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            var manifest = new BackupManifest
            {
                ToolVersion = EngineVersion.Text,
                Id = Guid.NewGuid().ToString("n"),
                Key = key,
                Source = BackupSource.MongoDB,
                Type = options.Type,
                Environment = environment,
                StartTime = start,
                EndTime = BackupClock.End(start, time),
                Consistency = plan.Consistency,
                ConsistencyPoint = dumped.ConsistencyPoint,
                OplogStart = dumped.OplogStart,
                Server = facts,
                Compression = options.Compression,
                CompressionLevel = BlockCompression.Level(options.Compression, options.CompressionLevel),
                ArchiveSize = dumped.Blocks.Sum(block => (long)block.Size),
                StoredSize = written.Size,
                StoredSha256 = written.Sha256,
                ReadBack = written.IsReadBack,
                Selection = plan.Selection,
                Database = plan.Databases,
                Tag = options.Tag,
                Warning = dumped.Warnings,
                Namespace = dumped.Namespaces,
                Oplog = dumped.Oplog,
                Block = dumped.Blocks,
            };
            if (BeforeManifest is not null)
            {
                await BeforeManifest(cancellationToken).ConfigureAwait(false);
            }

            await _catalog.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
            foreach (var warning in manifest.Warning)
            {
                reporter.Warning(warning);
            }

            return manifest;
        }
        catch
        {
            await _objects.DeleteAsync(key).ConfigureAwait(false);
            throw;
        }
    }
}
