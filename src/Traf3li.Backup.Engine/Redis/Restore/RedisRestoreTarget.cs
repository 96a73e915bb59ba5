using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>The servers that a restore writes to, as they are before it.</summary>
/// <param name="Topology">The primaries.</param>
/// <param name="Facts">What each of them says.</param>
internal sealed record RedisRestoreTarget(RedisTopology Topology, IReadOnlyList<RedisServerFacts> Facts)
{
    /// <summary>Whether one of the keys is the marker of an unfinished restore, which does not count.</summary>
    public bool HasMarker { get; init; }

    /// <summary>Keys by database, of all servers together; databases without keys are left out.</summary>
    public IReadOnlyDictionary<int, long> Keys => new SortedDictionary<int, long>(Facts
        .SelectMany(facts => facts.Keys)
        .GroupBy(item => item.Key)
        .Select(group => KeyValuePair.Create(group.Key, group.Sum(item => item.Value) - (HasMarker && group.Key == 0 ? 1 : 0)))
        .Where(item => item.Value > 0)
        .ToDictionary());

    /// <summary>Whether it is a cluster.</summary>
    public bool IsCluster => Topology.Kind == RedisTopologyKind.Cluster;

    /// <summary>The longest argument that all of them take, bytes; the usual one where they do not say.</summary>
    public long LongestArgument => Facts.Min(facts => facts.LongestArgument) ?? RedisRestoreRequest.UsualArgument;

    /// <summary>The server that holds the marker.</summary>
    public RedisNode MarkerNode => NodeOf(RestoreMarker.KeyBytes);

    /// <summary>Its name in errors and results.</summary>
    public string Host => Facts[0].Endpoint.ToString();

    /// <summary>What the user sees of it.</summary>
    public ServerFacts Description => new() { Host = Host, Version = Facts[0].Version, Topology = Topology.Kind.ToString() };

    /// <summary>Finds the servers and asks them. A replica is never chosen, whatever the URL prefers.</summary>
    /// <exception cref="ServerUnsupportedException">The URL names a replica.</exception>
    /// <exception cref="ServerFailedException">A server is loading its data.</exception>
    public static async Task<RedisRestoreTarget> OpenAsync(
        RedisTarget target, RedisConnectionOptions options, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var topology = await RedisTopology.FindAsync(target with { PreferReplica = false }, options, reporter, time, cancellationToken).ConfigureAwait(false);
        var all = new List<RedisServerFacts>();
        foreach (var shard in topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var facts = await RedisServerFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                Require(facts);
                all.Add(facts);
            }
        }

        return new RedisRestoreTarget(topology, all);
    }

    /// <summary>The server that holds a key.</summary>
    public RedisNode NodeOf(ReadOnlySpan<byte> key)
    {
        if (Topology.Shards.Count == 1)
        {
            return Topology.Shards[0].Node;
        }

        var slot = KeySlot.Of(key);
        foreach (var shard in Topology.Shards)
        {
            foreach (var range in shard.Slots)
            {
                if (range.First <= slot && slot <= range.Last)
                {
                    return shard.Node;
                }
            }
        }

        throw new ServerUnsupportedException(Host, FormattableString.Invariant($"nobody holds slot {slot}."));
    }

    private static void Require(RedisServerFacts facts)
    {
        var host = facts.Endpoint.ToString();
        if (facts.IsReplica)
        {
            throw new ServerUnsupportedException(
                host, $"it is a replica of {facts.Primary}, which nothing can be restored into.", recommendation: $"Restore into its primary {facts.Primary}, or make it a server of its own (REPLICAOF NO ONE).");
        }

        if (facts.IsLoading)
        {
            throw new ServerFailedException("RESTORE", host, "it is loading its data.", recommendation: "Wait until it has (INFO persistence, loading:0).");
        }
    }
}
