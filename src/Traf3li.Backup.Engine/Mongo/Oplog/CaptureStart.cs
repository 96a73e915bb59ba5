using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>
/// Finds the entry that a capture begins with: the newest one, or an older one where something is under way whose beginning has to be captured
/// because its end will be: the oldest open transaction, and the oldest $out, which fills a temporary collection and renames it in the end.
/// </summary>
internal static class CaptureStart
{
    /// <summary>How the server names the collections that $out fills (mongo/src/mongo/db/pipeline/document_source_out.cpp).</summary>
    private const string TemporaryPrefix = "tmp.agg_out.";

    /// <summary>A search through a large oplog ends after this time; a rename whose beginning was not captured then fails the backup.</summary>
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    /// <summary>Finds it.</summary>
    public static async Task<OplogPosition> FindAsync(MongoConnection connection, NamespaceFilter filter, CancellationToken cancellationToken)
    {
        // Listed before and after, so that one that ends or begins just now is seen too.
        var before = await ListTemporaryAsync(connection, filter, cancellationToken).ConfigureAwait(false);
        var start = await FindTransactionAsync(connection, cancellationToken).ConfigureAwait(false) ?? await FindNewestAsync(connection, cancellationToken).ConfigureAwait(false);
        var after = await ListTemporaryAsync(connection, filter, cancellationToken).ConfigureAwait(false);
        foreach (var (database, name) in before.Union(after))
        {
            if (await FindCreationAsync(connection, database, name, cancellationToken).ConfigureAwait(false) is { } created && created < start)
            {
                start = created;
            }
        }

        return start;
    }

    private static async Task<IReadOnlyList<(string Database, string Name)>> ListTemporaryAsync(
        MongoConnection connection, NamespaceFilter filter, CancellationToken cancellationToken)
    {
        var catalog = new CollectionCatalog(connection);
        var found = new List<(string, string)>();
        foreach (var database in await catalog.ListDatabasesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (filter.MayTakeDatabase(database))
            {
                found.AddRange((await catalog.ListNamesAsync(database, TemporaryPrefix, cancellationToken).ConfigureAwait(false)).Select(name => (database, name)));
            }
        }

        return found;
    }

    // An open transaction's operations may stand in the oplog before the newest entry; its commit will follow.
    private static async Task<OplogPosition?> FindTransactionAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        var open = new BsonDocument("state", new BsonDocument("$in", new BsonArray { "prepared", "inProgress" }));
        var oldest = await connection.Client.GetDatabase("config").GetCollection<BsonDocument>("transactions")
            .Find(open)
            .Sort("{startOpTime: 1}")
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return oldest is not null && oldest.TryGetValue("startOpTime", out var started) ? ToPosition(started["ts"]) : null;
    }

    private static async Task<OplogPosition> FindNewestAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        var newest = await Oplog(connection).WithReadConcern(ReadConcern.Majority)
            .Find(FilterDefinition<BsonDocument>.Empty)
            .Sort("{$natural: -1}")
            .Project("{ts: 1}")
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return newest is null ? throw new OplogGapException("the oplog is empty.") : ToPosition(newest["ts"]);
    }

    private static async Task<OplogPosition?> FindCreationAsync(MongoConnection connection, string database, string name, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await Oplog(connection)
                .Find(new BsonDocument { { "op", "c" }, { "ns", $"{database}.$cmd" }, { "o.create", name } }, new FindOptions { MaxTime = LongestSearch })
                .Sort("{$natural: -1}")
                .Project("{ts: 1}")
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            return entry is null ? null : ToPosition(entry["ts"]);
        }
        catch (MongoExecutionTimeoutException)
        {
            return null;
        }
    }

    private static IMongoCollection<BsonDocument> Oplog(MongoConnection connection) => connection.Client.GetDatabase("local").GetCollection<BsonDocument>("oplog.rs");

    private static OplogPosition ToPosition(BsonValue timestamp) => OplogPosition.FromValue(timestamp.AsBsonTimestamp.Value);
}
