using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Replicas, Sentinels and clusters of real servers.</summary>
public sealed class TopologyTests
{
    private readonly RecordingReporter _reporter = new();

    [Fact]
    public async Task A_replica_is_read_where_it_is_preferred()
    {
        await using var primary = await RedisServer.StartOrSkipAsync();
        await primary.FillAsync(10, 10);
        Assert.Equal(primary.Port, Assert.Single((await FindAsync(primary.Uri + "?preferReplica=true")).Shards).Node.Endpoint.Port);
        Assert.Contains("none online", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);

        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = primary.Port });
        await UntilInStepAsync(primary, replica);
        var plain = await FindAsync(primary.Uri);
        Assert.Equal(RedisTopologyKind.Server, plain.Kind);
        Assert.Equal((primary.Port, false), (plain.Shards[0].Node.Endpoint.Port, plain.Shards[0].IsReplica));

        var preferred = Assert.Single((await FindAsync(primary.Uri + "?preferReplica=true")).Shards);
        Assert.Equal((replica.Port, true, primary.Port), (preferred.Node.Endpoint.Port, preferred.IsReplica, preferred.Primary!.Port));
        Assert.InRange(preferred.Lag!.Value, 0, 10_000);
        await using (var snapshot = await RdbCheck.OpenAsync(preferred.Node))
        {
            Assert.Equal(10, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
        }

        // A replica that is named is read, whatever is preferred.
        var named = Assert.Single((await FindAsync(replica.Uri)).Shards);
        Assert.Equal((replica.Port, true, primary.Port), (named.Node.Endpoint.Port, named.IsReplica, named.Primary!.Port));
    }

    [Fact]
    public async Task The_master_of_a_sentinel_and_its_replica()
    {
        await using var primary = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Password = "word" });
        await primary.FillAsync(10, 10);
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { Password = "word", ReplicaOf = primary.Port, Lines = ["masterauth word"] });
        await UntilInStepAsync(primary, replica);
        await using var sentinel = await RedisServer.StartAsync(new RedisServerOptions
        {
            Sentinel = true,
            Lines = [$"sentinel monitor main 127.0.0.1 {primary.Port} 1", "sentinel auth-pass main word"],
        });
        await sentinel.UntilAsync("SENTINEL replicas main", "flags\nslave\n");

        // The first of the Sentinels is not there.
        var uri = $"redis+sentinel://:word@127.0.0.1:{FreePort.Next()},127.0.0.1:{sentinel.Port}/main";
        var master = await FindAsync(uri);
        Assert.Equal(RedisTopologyKind.Sentinel, master.Kind);
        Assert.Equal(primary.Port, Assert.Single(master.Shards).Node.Endpoint.Port);
        var preferred = Assert.Single((await FindAsync(uri + "?preferReplica=true")).Shards);
        Assert.Equal((replica.Port, true), (preferred.Node.Endpoint.Port, preferred.IsReplica));
        await using (var snapshot = await RdbCheck.OpenAsync(preferred.Node))
        {
            Assert.Equal(10, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
        }

        var unknown = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => FindAsync($"redis+sentinel://:word@127.0.0.1:{sentinel.Port}/other"));
        Assert.Contains("other", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_primaries_of_a_cluster()
    {
        await using var one = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Cluster = true });
        await using var two = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true });
        await using var three = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true });
        RedisServer[] nodes = [one, two, three];
        await one.RunAsync("CLUSTER ADDSLOTSRANGE 0 5460");
        await two.RunAsync("CLUSTER ADDSLOTSRANGE 5461 10922");
        await one.RunAsync($"CLUSTER MEET 127.0.0.1 {two.Port} {two.ClusterPort}");
        await one.RunAsync($"CLUSTER MEET 127.0.0.1 {three.Port} {three.ClusterPort}");
        await one.UntilAsync("CLUSTER SLOTS", two.Port.ToString());

        var error = await Assert.ThrowsAsync<ServerUnsupportedException>(() => FindAsync(one.Uri));
        Assert.Contains("slots 10923-16383,", error.Message, StringComparison.Ordinal);

        await three.RunAsync("CLUSTER ADDSLOTSRANGE 10923 16383");
        foreach (var node in nodes)
        {
            await node.UntilAsync("CLUSTER INFO", "cluster_state:ok");
        }

        // Whoever does not hold a key's slot answers where it is, and does not take it.
        var sets = Enumerable.Range(0, 300).Select(number => $"SET key:{number} x").ToArray();
        foreach (var node in nodes)
        {
            await node.RunAsync(sets);
        }

        var topology = await FindAsync(two.Uri);
        Assert.Equal(RedisTopologyKind.Cluster, topology.Kind);
        Assert.Equal(nodes.Select(node => node.Port).Order(), topology.Shards.Select(shard => shard.Node.Endpoint.Port).Order());
        Assert.Empty(SlotRange.Missing(topology.Shards.SelectMany(shard => shard.Slots)));
        var keys = 0L;
        foreach (var shard in topology.Shards)
        {
            await using var snapshot = await RdbCheck.OpenAsync(shard.Node);
            keys += await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot));
        }

        Assert.Equal(300, keys);
    }

    private static async Task UntilInStepAsync(RedisServer primary, RedisServer replica)
    {
        await primary.UntilAsync("INFO replication", "state=online");
        await replica.UntilAsync("INFO replication", "master_link_status:up");
    }

    private Task<RedisTopology> FindAsync(string uri) =>
        RedisTopology.FindAsync(RedisUri.Parse(uri), new RedisConnectionOptions(), _reporter, TimeProvider.System, CancellationToken.None);
}
