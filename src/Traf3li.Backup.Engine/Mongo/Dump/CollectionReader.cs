using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Raw;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>Reads one namespace with one cursor in the order in which the server stores it, and hands its segments to the compressor.</summary>
internal sealed class CollectionReader
{
    private const int FirstBatchSize = 256;
    private const int MaxBatchSize = 50_000;

    private readonly MongoConnection _connection;
    private readonly SourceNode _node;
    private readonly DumpItem _item;
    private readonly int _index;
    private readonly BufferPool _pool;
    private readonly ParallelBlockWriter _writer;
    private readonly object _lock = new();
    private ContentHash _hash;

    public CollectionReader(MongoConnection connection, SourceNode node, DumpItem item, int index, BufferPool pool, ParallelBlockWriter writer)
    {
        _connection = connection;
        _node = node;
        _item = item;
        _index = index;
        _pool = pool;
        _writer = writer;
    }

    /// <summary>Whether the collection was dropped or renamed while it was read, so that only a part of it was.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>How often reading went on after a lost connection.</summary>
    public int ResumeCount { get; private set; }

    private string ReadName => $"{_item.ReadDatabase}.{_item.SegmentCollection}";

    /// <summary>Reads all of it. The manifest is complete when the compressor has taken every block; see <see cref="Describe" />.</summary>
    public async Task ReadAsync(OplogPosition? snapshot, RateLimiter? rate, OperationProgress progress, CancellationToken cancellationToken)
    {
        using var part = progress.Begin(_item.Description.FullName, _item.EstimatedSize);
        using var sink = new SegmentSink(_pool, _item.Description.Database, _item.SegmentCollection);
        if (_item.Find is not null)
        {
            try
            {
                await ReadDocumentsAsync(_item.Find, snapshot, sink, rate, part, cancellationToken).ConfigureAwait(false);
            }
            catch (MongoCommandException exception) when (exception.Code is MongoErrors.QueryPlanKilled or MongoErrors.NamespaceNotFound or MongoErrors.InvalidPipelineOperator)
            {
                // The last one comes from a view or a time series that has taken the collection's name, which cannot give resume tokens.
                WasInterrupted = true;
            }
            catch (Exception exception) when (MongoErrors.Translate(exception, _connection.Host, "find", ReadName, _connection.SocketTimeout) is { } translated)
            {
                throw translated;
            }
        }

        await SubmitAsync(sink.TakeFinished(), cancellationToken).ConfigureAwait(false);
        await SubmitAsync([sink.Finish()], cancellationToken).ConfigureAwait(false);
        Crc = sink.Crc;
    }

    /// <summary>CRC-64/XZ of all documents.</summary>
    public ulong Crc { get; private set; }

    /// <summary>The manifest's entry. Valid once the compressor has completed.</summary>
    public NamespaceManifest Describe()
    {
        var description = _item.Description;
        return new NamespaceManifest
        {
            Database = description.Database,
            Collection = _item.ArchiveCollection,
            Type = description.Type,
            OptionsBson = Convert.ToBase64String(description.Options),
            IndexBson = [.. description.Indexes.Select(Convert.ToBase64String)],
            MetadataJson = _item.MetadataJson,
            Count = _hash.Count,
            Size = _hash.Bytes,
            ContentHash = _hash.ToHex(),
            Crc = Crc.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private async Task ReadDocumentsAsync(
        BsonDocument find, OplogPosition? snapshot, SegmentSink sink, RateLimiter? rate, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        var command = (BsonDocument)find.DeepClone();
        var atSnapshot = snapshot is not null && !_item.IsCapped;
        if (snapshot is { } point && atSnapshot)
        {
            command["readConcern"] = new BsonDocument { { "level", "snapshot" }, { "atClusterTime", new BsonTimestamp(point.ToValue()) } };
        }

        var scan = new CollectionScan(_connection, _node, _item, command, sink);
        await using (scan.ConfigureAwait(false))
        {
            var batchSize = FirstBatchSize;
            BsonValue? last = null;
            while (!scan.IsExhausted)
            {
                await sink.PrepareAsync(cancellationToken).ConfigureAwait(false);
                var before = (sink.Count, sink.Size);
                await scan.MoveNextAsync(batchSize, cancellationToken).ConfigureAwait(false);
                part.Add(sink.Count - before.Count, sink.Size - before.Size);
                await SubmitAsync(sink.TakeFinished(), cancellationToken).ConfigureAwait(false);
                if (rate is not null)
                {
                    await rate.WaitAsync(sink.Size - before.Size, cancellationToken).ConfigureAwait(false);
                }

                // A collection may grow faster than it is read. What comes behind the record that was the last one here is no longer needed: the
                // captured oplog has it, and without one the collection is taken as it was when its reading began.
                if (!atSnapshot && !scan.IsExhausted && scan.Position is { } position)
                {
                    last ??= await scan.FindLastAsync(cancellationToken).ConfigureAwait(false);
                    if (last is null || RecordId.IsAtOrPast(position, last))
                    {
                        break;
                    }
                }

                // Replies of about one segment keep the memory of reply and segments small; larger ones are not measurably faster.
                batchSize = sink.Count == 0 ? FirstBatchSize : (int)Math.Clamp(SegmentSink.SegmentSize / Math.Max(1, sink.Size / sink.Count), 1, MaxBatchSize);
            }

            WasInterrupted = scan.WasInterrupted;
            ResumeCount = scan.ResumeCount;
        }
    }

    private async ValueTask SubmitAsync(IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        foreach (var segment in segments)
        {
            var documents = (segment.DocumentsOffset, segment.DocumentsLength);
            await _writer.WriteAsync(
                segment.Buffer, _index, block => Hash(block.Span.Slice(documents.DocumentsOffset, documents.DocumentsLength)), cancellationToken).ConfigureAwait(false);
        }
    }

    private void Hash(ReadOnlySpan<byte> documents)
    {
        var hash = default(ContentHash);
        hash.AddAll(documents);
        lock (_lock)
        {
            _hash.Combine(hash);
        }
    }
}
