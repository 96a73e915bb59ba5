using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Finds the replica of a primary that is fit to be read and least behind.</summary>
internal sealed class ReplicaChooser(RedisConnectionOptions options, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>The replicas that a primary lists in INFO replication as online.</summary>
    public static IReadOnlyList<RedisEndpoint> OnlineReplicas(RedisInfo info)
    {
        var replicas = new List<RedisEndpoint>();
        for (var index = 0; info.List("slave" + index.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { Count: > 0 } replica; index++)
        {
            // Whoever only takes an RDB stands in this list too, with port 0.
            if (replica.GetValueOrDefault("state") == "online"
                && replica.GetValueOrDefault("ip") is { Length: > 0 } host
                && RedisInfo.ParseNumber(replica.GetValueOrDefault("port")) is > 0 and <= 65535 and var port)
            {
                replicas.Add(RedisEndpoint.Tcp(host, (int)port));
            }
        }

        return replicas;
    }

    /// <summary>The replica to read, or the primary with a warning when none is fit: reachable, linked to its primary and in step.</summary>
    public async Task<RedisShard> ChooseAsync(RedisShard primary, IReadOnlyList<RedisNode> candidates, CancellationToken cancellationToken)
    {
        var offset = candidates.Count == 0 ? null : await ReadOffsetAsync(primary.Node, cancellationToken).ConfigureAwait(false);
        (RedisNode Node, long Offset)? best = null;
        var reasons = new List<string>();
        foreach (var candidate in candidates)
        {
            var (reached, reason) = await ExamineAsync(candidate, cancellationToken).ConfigureAwait(false);
            if (reason is not null)
            {
                reasons.Add(reason);
            }
            else if (best is null || reached > best.Value.Offset)
            {
                best = (candidate, reached);
            }
        }

        if (best is not { } chosen)
        {
            reporter.Warning(
                $"A replica is preferred, but {primary.Node.Endpoint} has none that is fit ({(reasons.Count == 0 ? "it has none online" : string.Join("; ", reasons))}); the primary itself is read.");
            return primary;
        }

        var lag = offset is { } ahead ? Math.Max(ahead - chosen.Offset, 0) : (long?)null;
        reporter.Verbose($"Reading the replica {chosen.Node.Endpoint} of {primary.Node.Endpoint}, {(lag is { } bytes ? ReadableSize.Format(bytes) : "an unknown distance")} behind it.");
        return primary with { Node = chosen.Node, IsReplica = true, Lag = lag };
    }

    private async Task<long?> ReadOffsetAsync(RedisNode node, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync(node, cancellationToken).ConfigureAwait(false)).Number("master_repl_offset");
        }
        catch (BackupException)
        {
            // The replicas may be up while the primary is not, and only the distance is unknown then.
            return null;
        }
    }

    private async Task<(long Offset, string? Reason)> ExamineAsync(RedisNode node, CancellationToken cancellationToken)
    {
        try
        {
            var info = await ReadAsync(node, cancellationToken).ConfigureAwait(false);
            var facts = RedisServerFacts.From(node.Endpoint, info);
            var reason = !facts.IsReplica ? $"{node.Endpoint} is no replica any more"
                : facts.IsLinkUp != true ? $"{node.Endpoint} has no link to its primary (master_link_status)"
                : null;
            return (info.Number("slave_repl_offset") ?? facts.ReplicationOffset ?? 0, reason);
        }
        catch (BackupException exception)
        {
            return (0, exception.Message.TrimEnd('.'));
        }
    }

    private async Task<RedisInfo> ReadAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        return await connection.InfoAsync("everything", cancellationToken).ConfigureAwait(false);
    }
}
