using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo.Raw;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>What a server held at a moment that has passed, by its own snapshots and by its oplog.</summary>
internal static class SourceHistory
{
    private const int SnapshotUnavailable = 246;

    /// <summary>The collections of a database at a moment, computed from all of its entries since it was created.</summary>
    public static async Task<SortedSet<string>> ReadCollectionsAsync(IMongoClient client, string database, OplogPosition position)
    {
        var filter = new BsonDocument { { "op", "c" }, { "ns", $"{database}.$cmd" }, { "ts", new BsonDocument("$lte", new BsonTimestamp(position.ToValue())) } };
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in await client.GetDatabase("local").GetCollection<BsonDocument>("oplog.rs").Find(filter).Sort("{$natural: 1}").ToListAsync())
        {
            var command = entry["o"].AsBsonDocument;
            switch (command.GetElement(0).Name)
            {
                case "create":
                    names.Add(command[0].AsString);
                    break;
                case "drop":
                    names.Remove(command[0].AsString);
                    break;
                case "renameCollection":
                    names.Remove(command[0].AsString[(database.Length + 1)..]);
                    names.Add(command["to"].AsString[(database.Length + 1)..]);
                    break;
                default:
                    break;
            }
        }

        return names;
    }

    /// <summary>
    /// The content hash of a collection at a moment; null when the server has no snapshot of it, because it or its indexes were changed since.
    /// One that is gone now would read as empty.
    /// </summary>
    public static async Task<string?> HashAsync(IMongoClient client, string database, string collection, OplogPosition? position)
    {
        var command = new BsonDocument("find", collection);
        if (!await (await client.GetDatabase(database).ListCollectionNamesAsync(new ListCollectionNamesOptions { Filter = new BsonDocument("name", collection) })).AnyAsync())
        {
            return null;
        }

        if (position is { } moment)
        {
            command["readConcern"] = new BsonDocument { { "level", "snapshot" }, { "atClusterTime", new BsonTimestamp(moment.ToValue()) } };
        }

        try
        {
            var sink = new HashSink();
            await using var cursor = await RawCursor.CreateAsync(client, database, command, sink, CancellationToken.None);
            while (!cursor.IsExhausted)
            {
                await cursor.MoveNextAsync(batchSize: null, maxAwait: null, CancellationToken.None);
            }

            return $"{sink.Hash.Count} {sink.Hash.ToHex()}";
        }
        catch (MongoCommandException exception) when (exception.Code == SnapshotUnavailable)
        {
            return null;
        }
    }
}
