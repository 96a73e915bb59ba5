using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// Writes a mongodump archive of the planned namespaces: the prelude, the segments of several collections at once, and last the oplog that
/// was captured meanwhile.
/// </summary>
internal sealed class MongoDumper(MongoConnection connection, DumpPlan plan, BufferPool pool, string toolVersion)
{
    private readonly List<string> _warnings = [];

    /// <summary>Collections read at once.</summary>
    public int Parallelism { get; init; } = ServerParallelism.Default;

    /// <summary>Holds the readers back; null does not.</summary>
    public RateLimiter? Rate { get; init; }

    /// <summary>Reads everything into <paramref name="writer" /> and completes it.</summary>
    /// <param name="capture">The running capture; null without one. It was begun before the plan was made.</param>
    /// <param name="writer">Takes the blocks.</param>
    /// <param name="progress">Told what was read.</param>
    /// <param name="cancellationToken">Stops the dump.</param>
    public async Task<DumpResult> DumpAsync(OplogCapture? capture, ParallelBlockWriter writer, OperationProgress progress, CancellationToken cancellationToken)
    {
        await WritePreludeAsync(writer, withOplog: capture is not null, cancellationToken).ConfigureAwait(false);
        var node = await SourceNode.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var readers = plan.Items.Select((item, index) => new CollectionReader(connection, node, item, index, pool, writer)).ToArray();
        await ReadAllAsync(readers, capture, progress, cancellationToken).ConfigureAwait(false);
        await WarnOfChangesAsync(readers, cancellationToken).ConfigureAwait(false);
        await WarnOfUnfinishedIndexesAsync(cancellationToken).ConfigureAwait(false);

        var end = plan.Snapshot;
        NamespaceManifest? oplog = null;
        if (capture is not null)
        {
            end = await capture.FinishAsync(cancellationToken).ConfigureAwait(false);
            await node.RequireUnchangedAsync(cancellationToken).ConfigureAwait(false);
            oplog = await WriteOplogAsync(capture, writer, cancellationToken).ConfigureAwait(false);
        }

        var blocks = await writer.CompleteAsync().ConfigureAwait(false);
        return new DumpResult([.. readers.Select(reader => reader.Describe())], blocks, oplog, capture?.Start, end, [.. plan.Warnings, .. _warnings])
        {
            ResumeCount = readers.Sum(reader => reader.ResumeCount) + (capture?.ResumeCount ?? 0),
        };
    }

    private async Task WritePreludeAsync(ParallelBlockWriter writer, bool withOplog, CancellationToken cancellationToken)
    {
        var header = new ArchiveHeader(Parallelism, connection.VersionText, toolVersion);
        var namespaces = plan.Items
            .Select(item => new ArchiveNamespace(item.Description.Database, item.ArchiveCollection, item.MetadataJson, item.ArchiveType, 0))
            .ToList();
        if (withOplog)
        {
            namespaces.Add(new ArchiveNamespace("", "oplog", "", "", 0));
        }

        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(bytes, header, namespaces);
        for (var rest = bytes.WrittenMemory; rest.Length > 0;)
        {
            var part = rest[..Math.Min(rest.Length, SegmentSink.SegmentSize)];
            var buffer = await pool.RentAsync(part.Length, cancellationToken).ConfigureAwait(false);
            buffer.Append(part.Span);
            await writer.WriteAsync(buffer, ManifestRules.PreludeIndex, onWorker: null, cancellationToken).ConfigureAwait(false);
            rest = rest[part.Length..];
        }
    }

    private async Task ReadAllAsync(
        CollectionReader[] readers, OplogCapture? capture, OperationProgress progress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The largest first, so that no long one is left to run alone at the end.
        var order = Enumerable.Range(0, readers.Length).OrderByDescending(index => plan.Items[index].EstimatedSize ?? 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stop.Token };
        var reading = Parallel.ForEachAsync(
            order, options, async (index, token) => await readers[index].ReadAsync(plan.Snapshot, Rate, progress, token).ConfigureAwait(false));
        if (capture is not null && await Task.WhenAny(reading, capture.Completion).ConfigureAwait(false) == capture.Completion)
        {
            // A capture that ended by itself has failed, and with it the backup: reading on would be for nothing.
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await capture.Completion.ConfigureAwait(false);
        }

        await reading.ConfigureAwait(false);
    }

    // The oplog brings what was created, dropped or renamed meanwhile to the same state; without it the user has to know.
    private async Task WarnOfChangesAsync(CollectionReader[] readers, CancellationToken cancellationToken)
    {
        var catalog = new CollectionCatalog(connection);
        var now = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var database in plan.Databases)
        {
            foreach (var item in await catalog.ListAsync(database, withUsersAndRoles: true, cancellationToken).ConfigureAwait(false))
            {
                now[item.FullName] = item.Uuid;
            }
        }

        for (var index = 0; index < readers.Length; index++)
        {
            var item = plan.Items[index];
            var isThere = now.TryGetValue(item.Description.FullName, out var uuid) || item.ArchiveType.Length == 0 || CollectionCatalog.IsTemporary(item.Description.Name);
            if (readers[index].WasInterrupted || !isThere || (uuid is not null && uuid != item.Description.Uuid))
            {
                _warnings.Add(plan.Consistency == BackupConsistency.Oplog
                    ? $"{item.Description.FullName} was dropped or replaced while the backup ran; the captured oplog brings it to the state at the end."
                    : $"{item.Description.FullName} was dropped or replaced while the backup ran; what had been read of it by then is in the backup.");
            }
        }
    }

    // The captured oplog has an index that was finished meanwhile; nothing has one that is still being built, or that was not finished in time.
    private async Task WarnOfUnfinishedIndexesAsync(CancellationToken cancellationToken)
    {
        var catalog = new CollectionCatalog(connection);
        foreach (var description in plan.Items.Select(item => item.Description).Where(item => item.UnfinishedIndexes.Count > 0))
        {
            var now = plan.Consistency == BackupConsistency.Oplog ? await catalog.WithIndexesAsync(description, cancellationToken).ConfigureAwait(false) : description;
            _warnings.AddRange((now?.UnfinishedIndexes ?? []).Select(name => $"The index {name} of {description.FullName} was still being built and is not in the backup."));
        }
    }

    private async Task<NamespaceManifest> WriteOplogAsync(OplogCapture capture, ParallelBlockWriter writer, CancellationToken cancellationToken)
    {
        var hash = default(ContentHash);
        using var sink = new SegmentSink(pool, "", "oplog");
        await foreach (var entry in capture.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await sink.PrepareAsync(cancellationToken).ConfigureAwait(false);
            sink.Append(entry.Span);
            hash.Add(entry.Span);
            foreach (var segment in sink.TakeFinished())
            {
                await writer.WriteAsync(segment.Buffer, ManifestRules.OplogIndex, onWorker: null, cancellationToken).ConfigureAwait(false);
            }
        }

        await writer.WriteAsync(sink.Finish().Buffer, ManifestRules.OplogIndex, onWorker: null, cancellationToken).ConfigureAwait(false);
        return new NamespaceManifest
        {
            Database = "",
            Collection = "oplog",
            Type = "collection",
            Count = hash.Count,
            Size = hash.Bytes,
            ContentHash = hash.ToHex(),
            Crc = sink.Crc.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
