using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Reads a collection of a server and computes its content hash.</summary>
internal static class CollectionHasher
{
    private const int BatchSize = 5_000;

    /// <summary>Reads all of it.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="database">The database.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="isRawData">Whether the buckets of a time series are to be read by its own name, as servers from 8.3 keep them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ContentHash> HashAsync(
        MongoConnection connection, string database, string collection, bool isRawData, CancellationToken cancellationToken)
    {
        try
        {
            var sink = new HashSink();
            var command = new BsonDocument { { "find", collection }, { "hint", new BsonDocument("$natural", 1) } };
            if (isRawData)
            {
                command["rawData"] = true;
            }

            var cursor = await RawCursor.CreateAsync(connection.Client, database, command, sink, cancellationToken).ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                while (!cursor.IsExhausted)
                {
                    await cursor.MoveNextAsync(BatchSize, maxAwait: null, cancellationToken).ConfigureAwait(false);
                }
            }

            return sink.Hash;
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "find", $"{database}.{collection}", connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }
}
