using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Dump;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Takes one backup: server → archive → compression → store → verification → manifest. The manifest is written last, so a backup that was
/// stopped anywhere before does not exist.
/// </summary>
internal sealed class BackupPipeline(IObjectStore store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Uploads that a killed run left are removed after this time, and not before: another run may be at work.</summary>
    private static readonly TimeSpan StaleAge = TimeSpan.FromHours(24);

    private readonly BackupCatalog _catalog = new(store);

    /// <summary>Takes the backup and returns its description.</summary>
    public async Task<BackupInfo> RunAsync(
        MongoConnection connection, BackupOptions options, string environment, long? maxSize, CancellationToken cancellationToken)
    {
        var start = Truncate(time.GetUtcNow().UtcDateTime);
        var key = CreateKey(options, environment, start).ToString();
        await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        var removed = await store.RemoveStaleUploadsAsync(BackupKey.Root, start - StaleAge, cancellationToken).ConfigureAwait(false);
        if (removed > 0)
        {
            reporter.Verbose($"Removed {removed} unfinished uploads of earlier runs from {store.DisplayName}.");
        }

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
        var upload = await store.BeginUploadAsync(key, new UploadOptions { OnlyIfAbsent = true }, cancellationToken).ConfigureAwait(false);
        DumpResult dumped;
        StoredObject stored;
        string sha256;
        await using (upload.ConfigureAwait(false))
        {
            using var output = new StoredObjectWriter(upload, key, maxSize);
            var writer = new ParallelBlockWriter(
                options.Compression,
                options.CompressionLevel,
                Environment.ProcessorCount,
                pool,
                (block, token) => output.WriteAsync(block.Stored, token),
                cancellationToken);
            await using (writer.ConfigureAwait(false))
            {
                var dumper = new MongoDumper(node, plan, pool, EngineVersion.Text)
                {
                    Parallelism = options.ThrottleLimit ?? ServerParallelism.Default,
                    Rate = options.RateLimit is { } limit ? new RateLimiter(limit, time) : null,
                };
                dumped = await dumper.DumpAsync(capture, writer, progress, cancellationToken).ConfigureAwait(false);
                if (dumped.ResumeCount > 0)
                {
                    reporter.Verbose($"Lost connections did no harm: reading went on {dumped.ResumeCount} times where it had stopped.");
                }
            }

            sha256 = output.GetSha256();
            stored = await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
            if (stored.Size != output.Size)
            {
                throw new ChecksumMismatchException(key, $"of {output.Size} bytes", $"of {stored.Size} bytes");
            }
        }

        try
        {
            var readBack = options.Verify ?? store.ReadsBackByDefault;
            if (readBack)
            {
                reporter.Verbose($"Reading {key} back.");
                await StoredObjectReader.VerifyAsync(store, key, sha256, cancellationToken).ConfigureAwait(false);
            }

            var manifest = new BackupManifest
            {
                ToolVersion = EngineVersion.Text,
                Id = Guid.NewGuid().ToString("n"),
                Key = key,
                Source = BackupSource.MongoDB,
                Type = options.Type,
                Environment = environment,
                StartTime = start,
                EndTime = Truncate(time.GetUtcNow().UtcDateTime),
                Consistency = plan.Consistency,
                ConsistencyPoint = dumped.ConsistencyPoint,
                OplogStart = dumped.OplogStart,
                Server = facts,
                Compression = options.Compression,
                CompressionLevel = BlockCompression.Level(options.Compression, options.CompressionLevel),
                ArchiveSize = dumped.Blocks.Sum(block => (long)block.Size),
                StoredSize = stored.Size,
                StoredSha256 = sha256,
                ReadBack = readBack,
                Selection = plan.Selection,
                Database = plan.Databases,
                Tag = options.Tag,
                Warning = dumped.Warnings,
                Namespace = dumped.Namespaces,
                Oplog = dumped.Oplog,
                Block = dumped.Blocks,
            };
            await _catalog.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
            foreach (var warning in manifest.Warning)
            {
                reporter.Warning(warning);
            }

            return manifest;
        }
        catch
        {
            await DeleteAsync(key).ConfigureAwait(false);
            throw;
        }
    }

    // Without its manifest the object would be taken for a legacy backup.
    private async Task DeleteAsync(string key)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, time);
        try
        {
            await store.DeleteAsync(key, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            reporter.Warning($"The unfinished backup {key} could not be removed; delete it by hand. {exception.Message}");
        }
    }

    private static DateTime Truncate(DateTime value) => new(value.Ticks - (value.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
}
