using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>Helps to run commands whose replies are kept as bytes, so that options and index specifications come back exactly as the server has them.</summary>
internal static class RawCommand
{
    /// <summary>Runs a command that answers with a cursor and returns each document's bytes. For short lists only.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadListAsync(
        IMongoClient client, string database, BsonDocument command, CancellationToken cancellationToken)
    {
        var sink = new ListSink();
        var cursor = await RawCursor.CreateAsync(client, database, command, sink, cancellationToken).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (!cursor.IsExhausted)
            {
                await cursor.MoveNextAsync(batchSize: null, maxAwait: null, cancellationToken).ConfigureAwait(false);
            }
        }

        return sink.Documents;
    }

    /// <summary>The bytes of a raw document.</summary>
    public static byte[] ToBytes(RawBsonDocument document)
    {
        var slice = document.Slice;
        var bytes = new byte[slice.Length];
        slice.GetBytes(0, bytes, 0, bytes.Length);
        return bytes;
    }

    /// <summary>A value that puts bytes into a command as a document, without decoding them.</summary>
    public static RawBsonDocument ToDocument(byte[] bytes) => new(new ByteArrayBuffer(bytes, isReadOnly: true));
}
