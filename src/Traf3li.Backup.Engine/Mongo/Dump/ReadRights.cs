using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>Finds out, before a backup is run, whether this user may read what it would read.</summary>
internal static class ReadRights
{
    /// <summary>Reads one document of every namespace, and of the oplog where it would be captured.</summary>
    /// <exception cref="NotAuthorizedException">The right to find is missing on one of them.</exception>
    public static async Task RequireAsync(MongoConnection connection, DumpPlan plan, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ServerParallelism.Default, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            plan.Items.Where(item => item.Find is not null),
            options,
            async (item, token) => await RequireAsync(connection, item.ReadDatabase, item.SegmentCollection, token).ConfigureAwait(false)).ConfigureAwait(false);
        if (plan.Consistency == BackupConsistency.Oplog)
        {
            await RequireAsync(connection, "local", "oplog.rs", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RequireAsync(MongoConnection connection, string database, string collection, CancellationToken cancellationToken)
    {
        var command = new BsonDocument { { "find", collection }, { "limit", 1 }, { "projection", new BsonDocument("_id", 1) }, { "singleBatch", true } };
        try
        {
            await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
        }
        catch (NotAuthorizedException exception)
        {
            throw new NotAuthorizedException("find", $"{database}.{collection}", exception.Message, exception);
        }
    }
}
