using System.Globalization;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>
/// What a replica says before the RDB comes (redis/src/replication.c, syncWithMaster and syncCommand). No listening port is named: nobody
/// shall connect back.
/// </summary>
internal sealed class ReplicationHandshake(RedisConnection connection, ReplicationWatchdog watchdog)
{
    private const int MarkerLength = 40;

    // What a replica that is newer than any server would say.
    private const string NewestVersion = "255.255.255";

    private readonly RedisNode _node = connection.Node;

    /// <summary>The server's version; null when the user may not run INFO.</summary>
    public string? ServerVersion { get; private set; }

    /// <summary><c>redis</c> or <c>valkey</c>; null when the user may not run INFO.</summary>
    public string? ServerKind { get; private set; }

    /// <summary>Whether the server agreed to send nothing but the RDB.</summary>
    public bool IsRdbOnly { get; private set; }

    /// <summary>The id of the replication stream; null after SYNC.</summary>
    public string? ReplicationId { get; private set; }

    /// <summary>The offset in the replication stream at which the RDB was taken, bytes; null after SYNC.</summary>
    public long? Offset { get; private set; }

    /// <summary>The length of the RDB, bytes; null where a marker ends it.</summary>
    public long? Length { get; private set; }

    /// <summary>The bytes that follow the RDB; null where its length is known.</summary>
    public byte[]? Marker { get; private set; }

    /// <summary>Introduces us.</summary>
    public async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        var pong = await connection.TryCallAsync("PING", ["PING"], cancellationToken).ConfigureAwait(false);
        if (pong.IsError && !RedisErrors.IsMissingRight(pong.Text) && !RedisErrors.IsUnknownCommand(pong.Text))
        {
            throw RedisErrors.Translate(pong.Text, _node, "PING");
        }

        var server = await connection.TryCallAsync("INFO", ["INFO", "server"], cancellationToken).ConfigureAwait(false);
        if (!server.IsError)
        {
            var facts = RedisServerFacts.From(_node.Endpoint, RedisInfo.Parse(server.Text));
            ServerVersion = facts.Version;
            ServerKind = facts.Kind;
        }

        // Valkey writes an RDB of an old version for a replica that does not say that it is as new, and gives up at a key that the old one
        // cannot hold, such as a hash whose fields expire (seen with 9.1). Redis has no such option.
        if (ServerKind is null or "valkey")
        {
            await ConfigureAsync(["REPLCONF", "version", ServerVersion ?? NewestVersion], cancellationToken).ConfigureAwait(false);
        }

        // Without this a server that is set to diskless writes to its disk after all.
        await ConfigureAsync(["REPLCONF", "capa", "eof", "capa", "psync2"], cancellationToken).ConfigureAwait(false);

        // Without this the server keeps everything written meanwhile for us, up to its output-buffer limit.
        IsRdbOnly = await ConfigureAsync(["REPLCONF", "rdb-only", "1"], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for the full synchronisation and reads up to the first byte of the RDB.</summary>
    public async Task RequestAsync(CancellationToken cancellationToken)
    {
        await connection.SendAsync(["PSYNC", "?", "-1"], cancellationToken).ConfigureAwait(false);
        var reply = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (reply.StartsWith('-') && RedisErrors.IsUnknownCommand(reply[1..]))
        {
            await connection.SendAsync(["SYNC"], cancellationToken).ConfigureAwait(false);
            var header = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            ReadHeader(header.StartsWith('-') && RedisErrors.IsUnknownCommand(header[1..])
                ? throw new ReplicationRefusedException(_node.Endpoint.ToString(), RedisErrors.Words(reply[1..], _node))
                : header);
            return;
        }

        ReadPosition(reply);
        ReadHeader(await ReadLineAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<bool> ConfigureAsync(string[] command, CancellationToken cancellationToken)
    {
        var reply = await connection.TryCallAsync("REPLCONF", command, cancellationToken).ConfigureAwait(false);
        return reply.IsError && RedisErrors.IsMissingRight(reply.Text)
            ? throw RedisErrors.Translate(reply.Text, _node, "REPLCONF")
            : !reply.IsError;
    }

    // Empty lines keep the connection alive while the server prepares.
    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        string line;
        do
        {
            watchdog.BeginWait();
            line = await connection.Reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            watchdog.EndWait();
        }
        while (line.Length == 0);

        return line;
    }

    private void ReadPosition(string reply)
    {
        var words = Words(reply, "PSYNC");
        if (words is not ["+FULLRESYNC", { Length: > 0 and <= 64 } id, var offset] || RedisInfo.ParseNumber(offset) is not { } position)
        {
            throw new RespException("its answer to PSYNC is none");
        }

        ReplicationId = id;
        Offset = position;
    }

    private void ReadHeader(string header)
    {
        if (Words(header, ReplicationId is null ? "SYNC" : "PSYNC") is not [{ Length: > 1 } word] || word[0] != '$')
        {
            throw new RespException("it sent no header of an RDB");
        }

        if (word.StartsWith("$EOF:", StringComparison.Ordinal) && word.Length == 5 + MarkerLength && word.All(char.IsAscii))
        {
            Marker = System.Text.Encoding.ASCII.GetBytes(word[5..]);
        }
        else
        {
            Length = long.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? length
                : throw new RespException("it sent no header of an RDB");
        }
    }

    private string[] Words(string reply, string command) => !reply.StartsWith('-') ? reply.Split(' ')
        : reply.Contains("BGSAVE failed", StringComparison.OrdinalIgnoreCase) ? throw new ServerFailedException(
            command,
            _node.Endpoint.ToString(),
            "it could not fork to save its data: " + RedisErrors.Words(reply[1..], _node),
            recommendation: "The server's log has the reason: often too little memory (vm.overcommit_memory=1 lets it fork), or a limit of processes. Read a replica instead.")
        : throw RedisErrors.Translate(reply[1..], _node, command);
}
