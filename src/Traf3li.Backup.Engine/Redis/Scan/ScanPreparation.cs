using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>Finds out what of a scan a server allows, by commands that read nothing and change nothing.</summary>
internal sealed class ScanPreparation(RedisConnection connection)
{
    private readonly List<(string Command, string Error)> _refused = [];
    private readonly List<string> _missing = [];

    /// <summary>Asks the server.</summary>
    /// <param name="facts">The server as INFO described it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotAuthorizedException">The user lacks rights without which there is no scan; all of them are named.</exception>
    /// <exception cref="ServerUnsupportedException">The server has or allows no SCAN, DUMP or MULTI at all.</exception>
    public async Task<ScanAbilities> PrepareAsync(RedisServerFacts facts, CancellationToken cancellationToken)
    {
        var isCluster = facts.Mode == "cluster";
        if (isCluster && facts.IsReplica)
        {
            // Else a replica of a cluster sends whoever asks to its primary.
            await RequireAsync(["READONLY"], cancellationToken).ConfigureAwait(false);
        }

        // A key that is not there is as good as any for finding out whether one may ask.
        var nobody = "traf3li:" + Guid.NewGuid().ToString("n");
        await RequireAsync(["SCAN", "0", "COUNT", "1"], cancellationToken).ConfigureAwait(false);
        await RequireAsync(["DUMP", nobody], cancellationToken).ConfigureAwait(false);
        var expire = await connection.TryCallAsync("PEXPIRETIME", ["PEXPIRETIME", nobody], cancellationToken).ConfigureAwait(false);
        var hasExpireTime = !expire.IsError || !RedisErrors.IsUnknownCommand(expire.Text);
        if (!hasExpireTime)
        {
            await RequireAsync(["PTTL", nobody], cancellationToken).ConfigureAwait(false);
            await RequireAsync(["TIME"], cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Note("PEXPIRETIME", expire);
        }

        if (facts.Keys.Keys.Any(database => database > 0))
        {
            await RequireAsync(["SELECT", "0"], cancellationToken).ConfigureAwait(false);
        }

        await RequireAsync(["MULTI"], cancellationToken).ConfigureAwait(false);
        await RequireAsync(["EXEC"], cancellationToken).ConfigureAwait(false);
        if (_refused.Count > 0)
        {
            throw RedisErrors.MissingRights(connection.Node, _refused);
        }

        return new ScanAbilities
        {
            HasExpireTime = hasExpireTime,
            Use = await FindUseAsync(facts, nobody, cancellationToken).ConfigureAwait(false),
            IsCluster = isCluster,
            Databases = facts.IsInfoRefused ? null : facts.Keys,
            Functions = await ReadFunctionsAsync(facts, cancellationToken).ConfigureAwait(false),
            Missing = _missing,
        };
    }

    private async Task RequireAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Note(command[0], await connection.TryCallAsync(command[0], command, cancellationToken).ConfigureAwait(false));

    // A node of a cluster that is not the owner of a key says so only to those who may ask.
    private void Note(string command, RespValue reply)
    {
        // Whoever may not run EXEC is told so in the words of a transaction that failed.
        if (reply.IsError && (RedisErrors.IsMissingRight(reply.Text) || (command == "EXEC" && reply.Text.Contains("NOPERM", StringComparison.Ordinal))))
        {
            _refused.Add((command, reply.Text));
        }
        else if (reply.IsError && !reply.Text.StartsWith("MOVED ", StringComparison.Ordinal) && !(command == "EXEC" && _refused.Exists(item => item.Command == "MULTI")))
        {
            throw RedisErrors.Translate(reply.Text, connection.Node, command);
        }
    }

    // As a server does when it writes an RDB itself (rdb.c, rdbSaveKeyValuePair).
    private async Task<KeyUse> FindUseAsync(RedisServerFacts facts, string nobody, CancellationToken cancellationToken)
    {
        var use = facts.EvictionPolicy switch
        {
            { } policy when policy.Contains("lru", StringComparison.Ordinal) => KeyUse.IdleTime,
            { } policy when policy.Contains("lfu", StringComparison.Ordinal) => KeyUse.Frequency,
            _ => KeyUse.None,
        };
        if (use == KeyUse.None)
        {
            return use;
        }

        var word = use == KeyUse.IdleTime ? "IDLETIME" : "FREQ";
        var reply = await connection.TryCallAsync("OBJECT " + word, ["OBJECT", word, nobody], cancellationToken).ConfigureAwait(false);
        if (reply.IsError && (RedisErrors.IsMissingRight(reply.Text) || RedisErrors.IsUnknownCommand(reply.Text)))
        {
            _missing.Add($"how recently or often keys were used (+object|{word.ToLowerInvariant()})");
            return KeyUse.None;
        }

        // Else DUMP would make every key a recently used one. Servers before 7.2 have no such option.
        await connection.TryCallAsync("CLIENT NO-TOUCH", ["CLIENT", "NO-TOUCH", "ON"], cancellationToken).ConfigureAwait(false);
        return use;
    }

    private async Task<IReadOnlyList<byte[]>> ReadFunctionsAsync(RedisServerFacts facts, CancellationToken cancellationToken)
    {
        var reply = await connection.TryCallAsync("FUNCTION LIST", ["FUNCTION", "LIST", "WITHCODE"], cancellationToken).ConfigureAwait(false);
        if (!reply.IsError)
        {
            return [.. reply.Items.Select(CodeOf).OfType<byte[]>()];
        }

        // Servers before 7.0 have none.
        if (RedisErrors.IsMissingRight(reply.Text) || facts.MajorVersion is null or >= 7)
        {
            _missing.Add("functions (+function|list)");
        }

        return [];
    }

    private static byte[]? CodeOf(RespValue library)
    {
        for (var index = 0; index + 1 < library.Items.Count; index += 2)
        {
            if (library.Items[index].Text == "library_code")
            {
                return library.Items[index + 1].Bytes;
            }
        }

        return null;
    }
}
