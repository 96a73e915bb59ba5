using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Dump;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Asks a MongoDB server.</summary>
internal static class MongoFacts
{
    /// <summary>Its version and topology, in words.</summary>
    public static string Describe(MongoConnection connection) => $"MongoDB {connection.VersionText}, {connection.Topology}";

    /// <summary>Makes sure that everything that a backup reads may be read, and says how much that is.</summary>
    public static async Task<string> RequireRightsAsync(MongoConnection connection, string workingDirectory, CancellationToken cancellationToken)
    {
        var plan = await new DumpPlanner(connection, new BackupOptions { WorkingDirectory = workingDirectory }).PlanAsync(cancellationToken).ConfigureAwait(false);
        await ReadRights.RequireAsync(connection, plan, cancellationToken).ConfigureAwait(false);
        return $"{plan.Items.Count} collections and views may be read{(plan.Consistency == BackupConsistency.Oplog ? ", and the oplog" : "")}";
    }

    /// <summary>What restores have left that did not come to their end.</summary>
    public static async Task<IReadOnlyList<RestoreJournalEntry>> FindJournalsAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        var databases = await new CollectionCatalog(connection).ListDatabasesAsync(cancellationToken).ConfigureAwait(false);
        return await RestoreJournal.FindAsync(connection, databases, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The time between the oldest and the newest entry of the oplog; null where there is none.</summary>
    public static async Task<TimeSpan?> ReadOplogWindowAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Topology != ServerTopology.ReplicaSet)
        {
            return null;
        }

        var first = await ReadTimeAsync(connection, 1, cancellationToken).ConfigureAwait(false);
        var last = await ReadTimeAsync(connection, -1, cancellationToken).ConfigureAwait(false);
        return first is null || last is null ? null : TimeSpan.FromSeconds(Math.Max(0L, (long)last.Value - first.Value));
    }

    private static async Task<int?> ReadTimeAsync(MongoConnection connection, int direction, CancellationToken cancellationToken)
    {
        var command = new BsonDocument
        {
            { "find", "oplog.rs" }, { "sort", new BsonDocument("$natural", direction) }, { "limit", 1 }, { "projection", new BsonDocument("ts", 1) }, { "singleBatch", true },
        };
        var reply = await connection.RunAsync("local", command, cancellationToken).ConfigureAwait(false);
        return reply["cursor"]["firstBatch"].AsBsonArray.FirstOrDefault() is BsonDocument entry && entry.GetValue("ts", null) is BsonTimestamp time ? time.Timestamp : null;
    }
}
