using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>From newer servers to older and to other ones: rebuilt where it can be, refused by inspection where it cannot.</summary>
public sealed class RestoreAcrossVersionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redis_8_to_Valkey_9(bool small) => await AssertRestoredAsync(await FindAsync(NewerRedis.FindRedisAsync), await FindAsync(NewerRedis.FindValkeyAsync), small);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Valkey_9_to_Redis_8(bool small) => await AssertRestoredAsync(await FindAsync(NewerRedis.FindValkeyAsync), await FindAsync(NewerRedis.FindRedisAsync), small);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Newer_servers_to_Redis_7(bool small, bool valkey)
    {
        await using var source = await StartAsync(valkey ? NewerRedis.FindValkeyAsync : NewerRedis.FindRedisAsync);
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small);
        var rdb = RestoreCheck.Save(source, client);
        await using var target = await RedisServer.StartOrSkipAsync();
        var inspection = await InspectAsync(rdb, target, new RedisRestoreRequest());
        Assert.Contains("db0 hash:expiring", Assert.Single(inspection.Obstacles), StringComparison.Ordinal);
        Assert.Equal(5, inspection.HighestDatabase);
        Assert.Equal(1, inspection.Functions);
        Assert.Throws<ServerUnsupportedException>(() => inspection.Require(RestoreAbilities.Of([new RedisServerFacts
        {
            Endpoint = RedisEndpoint.Tcp("127.0.0.1", target.Port),
            Kind = "redis",
            Version = "7.0.15",
            Mode = "standalone",
            Keys = new Dictionary<int, long>(),
        }])));
        var refused = await Assert.ThrowsAsync<ServerUnsupportedException>(() => RestoreCheck.RestoreAsync(rdb, target));
        Assert.Contains("db0 hash:expiring", refused.Message, StringComparison.Ordinal);

        var others = new RedisRestoreRequest { Takes = (_, key) => !key.SequenceEqual("hash:expiring"u8) };
        inspection = await InspectAsync(rdb, target, others);
        Assert.Empty(inspection.Obstacles);
        var counts = await RestoreCheck.RestoreAsync(rdb, target, others);
        Assert.True(counts.Rebuilt.Count > 0);
        Assert.Equal((inspection.Restored, inspection.Rebuilt, inspection.Skipped), (counts.Restored, counts.Rebuilt, counts.Skipped));
        using var restored = await RespTestClient.ConnectAsync(target);
        AssertSame(rdb, RestoreCheck.Save(target, restored), except: "hash:expiring");
    }

    [Fact]
    public async Task Modules_that_a_server_lacks_are_named()
    {
        await using var target = await RedisServer.StartOrSkipAsync();
        var folder = SharedFolder.Find("corpus/rdb");
        Assert.SkipWhen(folder is null, "the corpus of RDB files is not beside the repository (shared/corpus/rdb)");
        var rdb = await File.ReadAllBytesAsync(Path.Combine(folder!, "redis_40_with_module.rdb"), Token);
        var inspection = await InspectAsync(rdb[..^40], target, new RedisRestoreRequest());
        Assert.Contains("ReJSON-RL", Assert.Single(inspection.Obstacles), StringComparison.Ordinal);
        inspection = await InspectAsync(await File.ReadAllBytesAsync(Path.Combine(folder!, "redis_60_with_module_aux.rdb"), Token), target, new RedisRestoreRequest());
        Assert.Contains("Data of modules", Assert.Single(inspection.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_in_the_way_of_the_same_server()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        SampleKeys.Fill(client, small: true);
        var rdb = RestoreCheck.Save(server, client);
        var inspection = await InspectAsync(rdb, server, new RedisRestoreRequest { WithFunctions = false });
        Assert.Empty(inspection.Obstacles);
        Assert.Empty(inspection.Warnings);
        Assert.Equal((0, 0), (inspection.Rebuilt.Count, inspection.Functions));
        Assert.Equal(RestoreCheck.Digests(rdb).Count, inspection.Restored.Count);
        Assert.Equal([0, 5], inspection.Keys.Keys);
        Assert.Equal(inspection.Restored.Count, inspection.Keys.Values.Sum());
        Assert.True(inspection.Bytes > 50_000);
    }

    private static async Task AssertRestoredAsync(string from, string to, bool small)
    {
        await using var source = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = from });
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small);
        var rdb = RestoreCheck.Save(source, client);
        await using var target = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = to });
        var inspection = await InspectAsync(rdb, target, new RedisRestoreRequest());
        Assert.Empty(inspection.Obstacles);
        var counts = await RestoreCheck.RestoreAsync(rdb, target);
        Assert.Equal(inspection.Rebuilt, counts.Rebuilt);
        Assert.True(counts.Rebuilt.Count >= 2);
        using var restored = await RespTestClient.ConnectAsync(target);
        AssertSame(rdb, RestoreCheck.Save(target, restored));
        Assert.Equal(42L, restored.Run("FCALL", "answer", 0));
    }

    private static void AssertSame(byte[] expected, byte[] actual, string? except = null)
    {
        var before = RestoreCheck.Digests(expected).Where(key => except is null || !key.Key.EndsWith(except, StringComparison.Ordinal)).ToDictionary();
        var after = RestoreCheck.Digests(actual);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), after.Keys);
        Assert.Equal([], before.Keys.Where(key => before[key] != after[key]));
        Assert.Equal(RestoreCheck.StreamFacts(expected), RestoreCheck.StreamFacts(actual));
    }

    private static async Task<RestoreInspection> InspectAsync(byte[] rdb, RedisServer target, RedisRestoreRequest request)
    {
        await using var connection = await RedisConnection.OpenAsync(RdbCheck.Node(target.Uri), new RedisConnectionOptions(), TimeProvider.System, Token);
        var facts = await RedisServerFacts.ReadAsync(connection, Token);
        var abilities = await RestoreAbilities.Of([facts]).WithModulesAsync(connection, Token);
        return await RestoreInspection.ReadAsync(new MemoryStream(rdb), "test.rdb", abilities, request, TimeProvider.System, Token);
    }

    private static async Task<RedisServer> StartAsync(Func<CancellationToken, Task<string>> find) =>
        await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = await FindAsync(find) });

    private static async Task<string> FindAsync(Func<CancellationToken, Task<string>> find)
    {
        try
        {
            return await find(Token);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            return "";
        }
    }
}
