namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Which servers hold what a URL names.</summary>
/// <param name="Kind">The kind of the deployment.</param>
/// <param name="Shards">The servers to read, each of which holds a part; together they hold all of it.</param>
internal sealed record RedisTopology(RedisTopologyKind Kind, IReadOnlyList<RedisShard> Shards)
{
    /// <summary>Finds the servers. Where a replica is preferred and none is fit, the primary is taken and a warning says why.</summary>
    /// <param name="target">The URL.</param>
    /// <param name="options">The limits of the connections.</param>
    /// <param name="reporter">Told what was chosen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ServerUnsupportedException">Slots of a cluster are held by nobody; the message names them.</exception>
    public static async Task<RedisTopology> FindAsync(
        RedisTarget target, RedisConnectionOptions options, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var replicas = new ReplicaChooser(options, reporter, time);
        if (target.SentinelMaster is not null)
        {
            var sentinels = new SentinelClient(target, options, reporter, time);
            var master = await sentinels.FindMasterAsync(cancellationToken).ConfigureAwait(false);
            var candidates = target.PreferReplica ? await sentinels.FindReplicasAsync(cancellationToken).ConfigureAwait(false) : [];
            var chosen = await ChooseAsync(new RedisShard { Node = master, Primary = master.Endpoint }, candidates, target, replicas, cancellationToken)
                .ConfigureAwait(false);
            return new RedisTopology(RedisTopologyKind.Sentinel, [chosen]);
        }

        var node = target.Node(target.Endpoints[0]);
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        var info = await connection.InfoAsync("everything", cancellationToken).ConfigureAwait(false);
        var facts = RedisServerFacts.From(node.Endpoint, info);
        if (info.Flag("cluster_enabled"))
        {
            var shards = new List<RedisShard>();
            foreach (var shard in await ClusterSlots.ReadAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                var primary = new RedisShard { Node = target.Node(shard.Primary), Primary = shard.Primary, Slots = shard.Slots };
                shards.Add(await ChooseAsync(primary, shard.Replicas, target, replicas, cancellationToken).ConfigureAwait(false));
            }

            return new RedisTopology(RedisTopologyKind.Cluster, shards);
        }

        var named = new RedisShard { Node = node, Primary = facts.IsReplica ? facts.Primary : node.Endpoint, IsReplica = facts.IsReplica };
        return new RedisTopology(
            RedisTopologyKind.Server,
            [facts.IsReplica ? named : await ChooseAsync(named, ReplicaChooser.OnlineReplicas(info), target, replicas, cancellationToken).ConfigureAwait(false)]);
    }

    private static async Task<RedisShard> ChooseAsync(
        RedisShard primary, IReadOnlyList<RedisEndpoint> candidates, RedisTarget target, ReplicaChooser replicas, CancellationToken cancellationToken) =>
        target.PreferReplica
            ? await replicas.ChooseAsync(primary, [.. candidates.Select(target.Node)], cancellationToken).ConfigureAwait(false)
            : primary;
}
