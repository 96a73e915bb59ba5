using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Finds out, before a restore writes anything, whether this user may run its commands and the server would take them. The commands are queued
/// in a transaction that is never executed, after an empty one that is: the server checks rights, memory, disk and role when it queues a command (server.c,
/// processCommand), and ACL DRYRUN, which would tell the rights too, needs an administrator's right itself.
/// </summary>
internal static class RestoreRights
{
    private static readonly string[][] Always =
    [
        ["RESTORE", RestoreMarker.Key, "0", "x", "REPLACE", "ABSTTL"],
        ["HSET", RestoreMarker.Key, "id", "x"],
        ["HGET", RestoreMarker.Key, "id"],
        ["DEL", RestoreMarker.Key],
        ["EXISTS", RestoreMarker.Key],
        ["DUMP", RestoreMarker.Key],
        ["PTTL", RestoreMarker.Key],
        ["TIME"],
    ];

    private static readonly string[][] Exact = [["SCAN", "0", "COUNT", "1"], ["UNLINK", RestoreMarker.Key]];
    private static readonly string[][] LoadFunctions = [["FUNCTION", "LOAD", "REPLACE", "x"]];
    private static readonly Dictionary<RestoreCommand, string[]> Rebuilding = new()
    {
        [RestoreCommand.Set] = ["SET", RestoreMarker.Key, "x"],
        [RestoreCommand.RPush] = ["RPUSH", RestoreMarker.Key, "x"],
        [RestoreCommand.SAdd] = ["SADD", RestoreMarker.Key, "x"],
        [RestoreCommand.ZAdd] = ["ZADD", RestoreMarker.Key, "0", "x"],
        [RestoreCommand.HPExpireAt] = ["HPEXPIREAT", RestoreMarker.Key, "0", "FIELDS", "1", "x"],
        [RestoreCommand.PExpireAt] = ["PEXPIREAT", RestoreMarker.Key, "0"],
        [RestoreCommand.XAdd] = ["XADD", RestoreMarker.Key, "*", "x", "x"],
        [RestoreCommand.XSetId] = ["XSETID", RestoreMarker.Key, "0-1"],
        [RestoreCommand.XGroupCreate] = ["XGROUP", "CREATE", RestoreMarker.Key, "x", "$"],
        [RestoreCommand.XGroupDestroy] = ["XGROUP", "DESTROY", RestoreMarker.Key, "x"],
        [RestoreCommand.XGroupCreateConsumer] = ["XGROUP", "CREATECONSUMER", RestoreMarker.Key, "x", "x"],
        [RestoreCommand.XClaim] = ["XCLAIM", RestoreMarker.Key, "x", "x", "0", "0-1"],
    };

    private static readonly string[][] DeleteFunctions = [["FUNCTION", "DELETE", "x"]];

    /// <summary>Asks one server.</summary>
    /// <param name="node">The server.</param>
    /// <param name="options">The limits of the connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="highest">The highest number of a database that is written.</param>
    /// <param name="deletes">Whether keys may be deleted.</param>
    /// <param name="loadsFunctions">Whether functions are written.</param>
    /// <param name="deletesFunctions">Whether functions may be deleted.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotAuthorizedException">A right is missing.</exception>
    /// <exception cref="ConfigurationInvalidException">The server has fewer databases.</exception>
    public static async Task RequireAsync(
        RedisNode node,
        RedisConnectionOptions options,
        TimeProvider time,
        int highest,
        bool deletes,
        bool loadsFunctions,
        bool deletesFunctions,
        CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        if (highest > 0)
        {
            await RequireDatabaseAsync(connection, highest, cancellationToken).ConfigureAwait(false);
        }

        string[][] beforehand = [["WATCH", RestoreMarker.Key], ["HGETALL", RestoreMarker.Key], ["MULTI"], ["EXEC"], ["MULTI"]];
        foreach (var command in beforehand.Concat(Always).Concat(deletes ? Exact : []).Concat(loadsFunctions ? LoadFunctions : []).Concat(deletesFunctions ? DeleteFunctions : []))
        {
            var name = command[0] == "FUNCTION" ? $"{command[0]} {command[1]}" : command[0];
            var reply = await connection.TryCallAsync(name, command, cancellationToken).ConfigureAwait(false);

            // A node of a cluster that does not hold the key's slot says so only after it has looked at the rights.
            if (reply.IsError && !reply.Text.StartsWith("MOVED ", StringComparison.Ordinal))
            {
                throw RedisErrors.Translate(reply.Text, node, name);
            }
        }

        // The connection ends here, and what was queued with it.
    }

    /// <summary>The commands for rebuilding values that this user may not run, with what the server says to each.</summary>
    public static async Task<IReadOnlyDictionary<RestoreCommand, string>> FindMissingAsync(
        RedisNode node, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        await connection.CallAsync("MULTI", ["MULTI"], cancellationToken).ConfigureAwait(false);
        var missing = new SortedDictionary<RestoreCommand, string>();
        foreach (var (command, words) in Rebuilding)
        {
            // What a server does not know is not missing: nothing is rebuilt with it then.
            var reply = await connection.TryCallAsync(RestoreCommands.NameOf(command), words, cancellationToken).ConfigureAwait(false);
            if (reply.IsError && RedisErrors.IsMissingRight(reply.Text))
            {
                missing.Add(command, reply.Text);
            }
        }

        return missing;
    }

    private static async Task RequireDatabaseAsync(RedisConnection connection, int highest, CancellationToken cancellationToken)
    {
        var number = highest.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var reply = await connection.TryCallAsync("SELECT", ["SELECT", number], cancellationToken).ConfigureAwait(false);
        if (!reply.IsError)
        {
            await connection.CallAsync("SELECT", ["SELECT", "0"], cancellationToken).ConfigureAwait(false);
            return;
        }

        throw RedisErrors.IsMissingRight(reply.Text)
            ? RedisErrors.Translate(reply.Text, connection.Node, "SELECT")
            : new ServerUnsupportedException(
                connection.Node.Endpoint.ToString(),
                $"the backup has keys in database {number}, and the server says: {RedisErrors.Words(reply.Text, connection.Node)}",
                recommendation: "Raise 'databases' in the server's configuration, or choose databases with -DatabaseIndex.");
    }
}
