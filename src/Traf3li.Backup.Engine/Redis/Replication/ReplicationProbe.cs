using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>Tells whether a server would give a replication stream, without asking for one.</summary>
internal static class ReplicationProbe
{
    // From this version on an offset that is no number ends PSYNC with an error behind the check of rights, and nothing is begun
    // (replication.c, syncCommand). Older servers take it for a wish to begin anew.
    private const int FirstThatChecks = 7;

    /// <summary>Asks.</summary>
    /// <returns>Whether the server would; false where it cannot be told.</returns>
    /// <exception cref="ReplicationRefusedException">It knows or allows neither PSYNC nor SYNC.</exception>
    /// <exception cref="NotAuthorizedException">The user lacks a right for it.</exception>
    public static async Task<bool> AskAsync(RedisConnection connection, RedisServerFacts facts, CancellationToken cancellationToken)
    {
        var configured = await connection.TryCallAsync("REPLCONF", ["REPLCONF", "capa", "eof"], cancellationToken).ConfigureAwait(false);
        ThrowMissingRight(configured, connection.Node, "REPLCONF");
        if (facts.MajorVersion is null or < FirstThatChecks)
        {
            return false;
        }

        var reply = await connection.TryCallAsync("PSYNC", ["PSYNC", "?", "none"], cancellationToken).ConfigureAwait(false);
        ThrowMissingRight(reply, connection.Node, "PSYNC");
        if (!reply.IsError || !RedisErrors.IsUnknownCommand(reply.Text))
        {
            return true;
        }

        // SYNC itself would begin; a subcommand that it does not have is refused for the number of its arguments.
        var sync = await connection.TryCallAsync("SYNC", ["SYNC", "none"], cancellationToken).ConfigureAwait(false);
        return sync.IsError && RedisErrors.IsUnknownCommand(sync.Text)
            ? throw new ReplicationRefusedException(connection.Node.Endpoint.ToString(), RedisErrors.Words(reply.Text, connection.Node))
            : false;
    }

    /// <summary>Whether an error says that the server, or the user's rights, refuse replication.</summary>
    public static bool IsRefusal(BackupException exception) =>
        exception is ReplicationRefusedException or NotAuthorizedException { Action: "PSYNC" or "SYNC" or "REPLCONF" };

    private static void ThrowMissingRight(RespValue reply, RedisNode node, string command)
    {
        if (reply.IsError && RedisErrors.IsMissingRight(reply.Text))
        {
            throw RedisErrors.Translate(reply.Text, node, command);
        }
    }
}
