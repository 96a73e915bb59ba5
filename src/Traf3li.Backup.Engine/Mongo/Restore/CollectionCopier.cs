using MongoDB.Bson;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Dump;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Copies the documents of one collection into another of the same server, as bytes and in their order.</summary>
internal sealed class CollectionCopier(MongoConnection connection, BufferPool pool, BatchInserter inserter)
{
    private const int BatchSize = 2_000;

    /// <summary>Copies all of them.</summary>
    public async Task CopyAsync(string database, string from, string to, CancellationToken cancellationToken)
    {
        using var sink = new SegmentSink(pool, database, to);
        var command = new BsonDocument { { "find", from }, { "hint", new BsonDocument("$natural", 1) } };
        var cursor = await RawCursor.CreateAsync(connection.Client, database, command, sink, cancellationToken).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (!cursor.IsExhausted)
            {
                await sink.PrepareAsync(cancellationToken).ConfigureAwait(false);
                await cursor.MoveNextAsync(BatchSize, maxAwait: null, cancellationToken).ConfigureAwait(false);
                await InsertAsync(database, to, sink.TakeFinished(), cancellationToken).ConfigureAwait(false);
            }
        }

        await InsertAsync(database, to, [.. sink.TakeFinished(), sink.Finish()], cancellationToken).ConfigureAwait(false);
    }

    private async Task InsertAsync(string database, string to, IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        foreach (var segment in segments)
        {
            using var buffer = segment.Buffer;
            var documents = buffer.Used.Slice(segment.DocumentsOffset, segment.DocumentsLength);
            await inserter.InsertAsync(database, to, to, documents, ordered: false, cancellationToken).ConfigureAwait(false);
        }
    }
}
