using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>A cluster of three primaries as a target.</summary>
public sealed class RestoreIntoClusterTests : IAsyncLifetime
{
    private readonly List<RedisServer> _nodes = [];

    public async ValueTask InitializeAsync()
    {
        for (var index = 0; index < 3; index++)
        {
            _nodes.Add(await RedisServer.StartOrSkipAsync(new RedisServerOptions { Cluster = true }));
        }

        await RedisCluster.FormAsync([.. _nodes]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_go_to_the_primaries_of_their_slots(bool rebuild)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small: true);
        client.Run("SELECT", 5);
        client.Run("FLUSHDB");
        client.Run("SELECT", 0);
        foreach (var number in Enumerable.Range(0, 300))
        {
            client.Run("SET", $"user:{{{number}}}:name", number);
        }

        var rdb = RestoreCheck.Save(source, client);
        var counts = await RestoreCheck.RestoreAsync(rdb, _nodes[1], rebuild ? new RedisRestoreRequest { LongestPayload = 0 } : null);
        var expected = RestoreCheck.Digests(rdb);
        Assert.Equal(expected.Count, counts.Restored.Count);
        var actual = new SortedDictionary<string, UInt128>(StringComparer.Ordinal);
        foreach (var node in _nodes)
        {
            using var connection = await RespTestClient.ConnectAsync(node);
            var digests = RestoreCheck.Digests(RestoreCheck.Save(node, connection));
            Assert.True(digests.Count > 50);
            Assert.Equal(42L, connection.Run("FCALL", "answer", 0));
            foreach (var (key, digest) in digests)
            {
                actual.Add(key, digest);
            }
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task Slots_are_the_servers_own()
    {
        foreach (var key in new[] { "123456789", "user{foo}:1", "{}x", "a{b", "{{a}}", "a{}{b}" })
        {
            var slot = await _nodes[0].RunAsync($"CLUSTER KEYSLOT {key}");
            Assert.Equal(int.Parse(slot, CultureInfo.InvariantCulture), KeySlot.Of(Encoding.ASCII.GetBytes(key)));
        }
    }

    [Fact]
    public async Task There_is_only_the_database_0()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        client.Run("SELECT", 2);
        client.Run("SET", "key", "value");
        var rdb = RestoreCheck.Save(source, client);
        var refused = await Assert.ThrowsAsync<ServerUnsupportedException>(() => RestoreCheck.RestoreAsync(rdb, _nodes[0]));
        Assert.Contains("no database 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await RestoreCheck.RestoreAsync(rdb, _nodes[0], new RedisRestoreRequest { Takes = (database, _) => database == 0 })).Restored.Count);
    }

    [Fact]
    public async Task Slots_that_move_meanwhile_end_it_with_what_to_do()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        client.Run("SET", "foo", "value");
        var rdb = RestoreCheck.Save(source, client);
        var options = new RedisConnectionOptions();
        var topology = await RedisTopology.FindAsync(RedisUri.Parse(_nodes[0].Uri), options, new Testing.RecordingReporter(), TimeProvider.System, TestContext.Current.CancellationToken);
        var turned = topology with { Shards = [.. topology.Shards.Select((shard, index) => shard with { Slots = topology.Shards[(index + 1) % 3].Slots })] };
        var moved = await Assert.ThrowsAsync<ServerFailedException>(() => new RedisRestorer(options, TimeProvider.System)
            .RunAsync(new MemoryStream(rdb), "test.rdb", turned, new RedisRestoreRequest(), null, TestContext.Current.CancellationToken));
        Assert.Contains("slots of the cluster are moving", moved.Message, StringComparison.Ordinal);
        Assert.Contains("resharding", moved.Recommendation, StringComparison.Ordinal);
    }
}
