using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// What must stay the same of a node while its data is read. A node that was restarted, or that rolled back writes after an election, may
/// hold other documents than were read, and the same ones under other record ids: no part read before fits to one read after.
/// </summary>
internal sealed class SourceNode
{
    private readonly MongoConnection _connection;
    private readonly BsonValue _identity;

    private SourceNode(MongoConnection connection, BsonValue identity)
    {
        _connection = connection;
        _identity = identity;
    }

    /// <summary>Takes down what the node is now.</summary>
    public static async Task<SourceNode> ReadAsync(MongoConnection connection, CancellationToken cancellationToken) =>
        new(connection, await ReadIdentityAsync(connection, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes sure that it is still the same.</summary>
    /// <exception cref="ServerFailedException">It was restarted or rolled back.</exception>
    public async Task RequireUnchangedAsync(CancellationToken cancellationToken)
    {
        if (await ReadIdentityAsync(_connection, cancellationToken).ConfigureAwait(false) != _identity)
        {
            throw new ServerFailedException(
                "find", _connection.Host, "the server was restarted, or lost an election and took writes back, while it was read; what was read before does not fit to what it has now.");
        }
    }

    private static async Task<BsonValue> ReadIdentityAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Topology == ServerTopology.Sharded)
        {
            // A mongos keeps no data.
            return BsonNull.Value;
        }

        var hello = await connection.RunAsync("admin", new BsonDocument("hello", 1), cancellationToken).ConfigureAwait(false);
        var process = hello.TryGetValue("topologyVersion", out var version) ? version["processId"] : BsonNull.Value;

        // A primary takes nothing back: without the right to see the number of rollbacks, it has to stay the same one.
        var rollbacks = connection.Topology == ServerTopology.ReplicaSet
            ? await ReadRollbacksAsync(connection, cancellationToken).ConfigureAwait(false) ?? hello.GetValue("electionId", BsonNull.Value)
            : BsonNull.Value;
        return new BsonArray { process, rollbacks };
    }

    private static async Task<BsonValue?> ReadRollbacksAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var command = new BsonDocument { { "serverStatus", 1 }, { "repl", 1 }, { "metrics", 0 }, { "wiredTiger", 0 }, { "locks", 0 }, { "tcmalloc", 0 } };
            var status = await connection.RunAsync("admin", command, cancellationToken).ConfigureAwait(false);
            return status.TryGetValue("repl", out var replication) && replication.AsBsonDocument.TryGetValue("rbid", out var number) ? number : null;
        }
        catch (Exception exception) when (exception is NotAuthorizedException or ServerFailedException)
        {
            return null;
        }
    }
}
