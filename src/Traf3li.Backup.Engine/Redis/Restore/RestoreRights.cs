using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Finds out, before a restore writes anything, whether this user may run its commands and the server would take them. The commands are queued
/// in a transaction that is never executed: the server checks rights, memory, disk and role when it queues a command (server.c,
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

        string[][] beforehand = [["WATCH", RestoreMarker.Key], ["HGETALL", RestoreMarker.Key], ["MULTI"]];
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
