using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>
/// Where a capture begins: at the newest entry, or at an older one where something is under way whose beginning has to be captured because its
/// end will be: the oldest open transaction, and the oldest $out, which fills a temporary collection and renames it in the end.
/// </summary>
/// <param name="First">The first entry to capture.</param>
/// <param name="Applied">
/// The newest entry that this node had applied, and a majority too. All data is read after it, so of the entries up to it only what is still under way is needed.
/// </param>
internal sealed record CaptureStart(OplogPosition First, OplogPosition Applied)
{
    /// <summary>How the server names the collections that $out fills (mongo/src/mongo/db/pipeline/document_source_out.cpp).</summary>
    public const string TemporaryPrefix = "tmp.agg_out.";

    /// <summary>A search through a large oplog ends after this time; a rename whose beginning was not captured then fails the backup.</summary>
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Finds it.</summary>
    /// <param name="connection">The node that is read.</param>
    /// <param name="filter">What is backed up.</param>
    /// <param name="patience">How long a majority of the set may take to have what this node has.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static async Task<CaptureStart> FindAsync(MongoConnection connection, NamespaceFilter filter, TimeSpan patience, CancellationToken cancellationToken)
    {
        // What is under way at the moment of the applied entry, a transaction or a collection that $out is filling, was so when they were listed, or
        // has begun since the moment before.
        var start = await ReadAppliedAsync(connection, patience, cancellationToken).ConfigureAwait(false);
        var transaction = await FindTransactionAsync(connection, cancellationToken).ConfigureAwait(false);
        var listed = await ListTemporaryAsync(connection, filter, cancellationToken).ConfigureAwait(false);
        var applied = await ReadAppliedAsync(connection, patience, cancellationToken).ConfigureAwait(false);
        if (transaction is { } begun && begun < start)
        {
            start = begun;
        }

        foreach (var (database, name) in listed)
        {
            if (await FindCreationAsync(connection, database, name, cancellationToken).ConfigureAwait(false) is { } created && created < start)
            {
                start = created;
            }
        }

        return new CaptureStart(start, applied);
    }

    // An entry that this node has applied may still have an earlier one before it that is being written; once a majority read shows it, none has.
    private static async Task<OplogPosition> ReadAppliedAsync(MongoConnection connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        var hello = await connection.RunAsync("admin", new BsonDocument("hello", 1), cancellationToken).ConfigureAwait(false);
        var applied = ToPosition(hello["lastWrite"]["opTime"]["ts"]);
        var begun = Stopwatch.GetTimestamp();
        while (await FindNewestAsync(connection, cancellationToken).ConfigureAwait(false) < applied)
        {
            MajorityWait.RequireWithin(Stopwatch.GetElapsedTime(begun), patience, connection.Host);
            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
        }

        return applied;
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
