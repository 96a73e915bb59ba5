namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The primaries of a cluster that hold slots, by CLUSTER SLOTS, which servers of every version answer.</summary>
internal static class ClusterSlots
{
    /// <summary>A primary, its slots, and its replicas.</summary>
    /// <param name="Primary">The primary.</param>
    /// <param name="Slots">Its slots, in order.</param>
    /// <param name="Replicas">Its replicas.</param>
    public sealed record Owner(RedisEndpoint Primary, IReadOnlyList<SlotRange> Slots, IReadOnlyList<RedisEndpoint> Replicas);

    /// <summary>Asks a node.</summary>
    /// <exception cref="ServerUnsupportedException">Slots are held by nobody: a backup would lack their keys.</exception>
    public static async Task<IReadOnlyList<Owner>> ReadAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.CallAsync("CLUSTER SLOTS", ["CLUSTER", "SLOTS"], cancellationToken).ConfigureAwait(false);
        return Parse(reply, connection.Node.Endpoint);
    }

    /// <summary>Reads the reply: <c>[first, last, [host, port, id, …], replica…]</c> for each range (redis.io/docs/latest/commands/cluster-slots).</summary>
    public static IReadOnlyList<Owner> Parse(RespValue reply, RedisEndpoint asked)
    {
        var ranges = new List<(SlotRange Slots, RedisEndpoint Primary, IReadOnlyList<RedisEndpoint> Replicas)>();
        foreach (var entry in reply.Items)
        {
            if (entry.Items is not [{ Kind: RespKind.Integer } first, { Kind: RespKind.Integer } last, var primary, ..]
                || first.Integer < 0 || last.Integer < first.Integer || last.Integer >= SlotRange.SlotCount)
            {
                throw new ServerFailedException("CLUSTER SLOTS", asked.ToString(), "its answer is not that of a cluster.");
            }

            ranges.Add((new SlotRange((int)first.Integer, (int)last.Integer), Endpoint(primary, asked), [.. entry.Items.Skip(3).Select(item => Endpoint(item, asked))]));
        }

        var missing = SlotRange.Missing(ranges.Select(range => range.Slots));
        return missing.Count == 0
            ? [.. ranges.GroupBy(range => range.Primary).Select(group => new Owner(
                group.Key, [.. group.Select(range => range.Slots).OrderBy(slots => slots.First)], group.First().Replicas))]
            : throw new ServerUnsupportedException(
                asked.ToString(),
                $"no node of its cluster holds the slots {string.Join(", ", missing.Take(20))}{(missing.Count > 20 ? ", …" : "")}, so their keys cannot be backed up.",
                recommendation: "Mend the cluster first (CLUSTER INFO, redis-cli --cluster check): every slot needs a primary.");
    }

    private static RedisEndpoint Endpoint(RespValue node, RedisEndpoint asked)
    {
        if (node.Items is not [var name, { Kind: RespKind.Integer, Integer: > 0 and <= 65535 } port, ..])
        {
            throw new ServerFailedException("CLUSTER SLOTS", asked.ToString(), "its answer is not that of a cluster.");
        }

        // A node that does not know its own address gives none: it is where it was reached.
        var host = name.Text is "" or "?" ? asked.Host : name.Text;
        return RedisEndpoint.Tcp(host.Length == 0 ? "127.0.0.1" : host, (int)port.Integer);
    }
}
