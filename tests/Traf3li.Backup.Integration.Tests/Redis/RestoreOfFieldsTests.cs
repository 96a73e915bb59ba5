using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Fields of hashes whose time comes between the backup and the end of its restore.</summary>
public sealed class RestoreOfFieldsTests : IDisposable
{
    private readonly RedisRoundTrip _trip = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task Fields_that_expire_while_a_long_restore_runs_are_not_missed()
    {
        await using var server = await StartAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await server.RunAsync("HSET hash a 1 b 2", $"HPEXPIREAT hash {now + 600_000} FIELDS 1 a");
        using var client = await RespTestClient.ConnectAsync(server);
        var rdb = RestoreCheck.Save(server, client);
        var facts = await RedisRestoreTarget.OpenAsync(RedisUri.Parse(server.Uri), new RedisConnectionOptions(), _trip.Reporter, TimeProvider.System, Token);
        await using var comparison = new ValueComparison(facts, new RedisConnectionOptions(), TimeProvider.System);
        using var progress = new OperationProgress(_trip.Reporter, TimeProvider.System, "test", null);
        using var part = progress.Begin("test", null);

        // As if the field's time had come, two hours after the restore began.
        await server.RunAsync("HDEL hash a");
        await comparison.CompareAsync(new MemoryStream(rdb), "test", new KeySelection([], []), now - 7_200_000, TimeSpan.Zero, part, Token);

        Assert.Null(comparison.Differences);
        Assert.Equal(1, comparison.EqualCount);
    }

    private static async Task<RedisServer> StartAsync()
    {
        try
        {
            return await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = await NewerRedis.FindRedisAsync(Token) });
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
