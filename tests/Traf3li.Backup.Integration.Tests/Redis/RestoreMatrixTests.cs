using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>
/// Every type of value from each server into each other one, from the backup to the comparison, and the refusal of what a server could not have.
/// </summary>
public sealed class RestoreMatrixTests : IDisposable
{
    private const string Redis7 = "Redis 7.0";
    private const string Redis8 = "Redis 8";
    private const string Valkey8 = "Valkey 8";
    private const string Valkey9 = "Valkey 9";

    private readonly RedisRoundTrip _trip = new();

    public void Dispose() => _trip.Dispose();

    [Theory]
    [InlineData(Redis7, Redis8, true)]
    [InlineData(Redis7, Redis8, false)]
    [InlineData(Redis7, Valkey8, true)]
    [InlineData(Redis7, Valkey9, true)]
    [InlineData(Redis7, Valkey9, false)]
    [InlineData(Redis8, Valkey9, true)]
    [InlineData(Redis8, Valkey9, false)]
    [InlineData(Valkey8, Redis8, false)]
    [InlineData(Valkey8, Valkey9, true)]
    [InlineData(Valkey9, Redis8, true)]
    [InlineData(Valkey9, Redis8, false)]
    public async Task Everything_comes_over(string from, string to, bool small)
    {
        await using var source = await FilledAsync(from, small);
        await using var target = await StartAsync(to);
        await target.RunAsync("SET string:plain old", "SET extra 1", "SELECT 5", "SET extra 5");
        var backup = await _trip.BackUpAsync(source);

        var result = await _trip.RestoreAsync(backup, target.Uri, options => options with { Verify = true });

        Assert.Equal((backup.DocumentCount!.Value, backup.DocumentCount.Value), (result.Redis!.Restored.Count, result.Redis.ComparedCount));
        Assert.Equal((1, 2, 1), (result.Redis.Replaced.Count, result.Redis.Deleted.Count, result.Redis.FunctionCount));
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await RedisRoundTrip.StateAsync(target));
        Assert.Equal("42", await target.RunAsync("FCALL answer 0"));
    }

    [Theory]
    [InlineData(Redis8, Redis7, false)]
    [InlineData(Valkey9, Redis7, true)]
    [InlineData(Redis8, Valkey8, true)]
    [InlineData(Valkey9, Valkey8, false)]
    public async Task What_an_older_server_cannot_have_is_refused_before_anything_is_written_and_all_else_comes_over(string from, string to, bool small)
    {
        await using var source = await FilledAsync(from, small);
        await using var target = await StartAsync(to);
        await target.RunAsync("SET string:plain old", "SET extra 1");
        var before = await RedisRoundTrip.StateAsync(target);
        var backup = await _trip.BackUpAsync(source);

        var refused = await Assert.ThrowsAsync<ServerUnsupportedException>(() => _trip.RestoreAsync(backup, target.Uri));
        Assert.Contains("2 (such as db0 hash:expiring)", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ServerUnsupportedException>(() => _trip.PlanAsync(backup, target.Uri));
        Assert.Equal(before, await RedisRoundTrip.StateAsync(target));

        await source.RunAsync("DEL hash:expiring", "SELECT 5", "DEL hash:expiring");
        backup = await _trip.BackUpAsync(source);
        var result = await _trip.RestoreAsync(backup, target.Uri, options => options with { Verify = true });

        // Valkey 8 takes all other values of the newer ones as they are, Redis 7.0 does not.
        Assert.Equal(to == Redis7, result.Redis!.Rebuilt.Count > 0);
        Assert.Equal(to == Redis7, result.Warning.Any(warning => warning.Contains("rebuilt", StringComparison.Ordinal)));
        Assert.Equal((backup.DocumentCount!.Value, 1, 1), (result.Redis.ComparedCount, result.Redis.Replaced.Count, result.Redis.Deleted.Count));
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await RedisRoundTrip.StateAsync(target));
    }

    [Theory]
    [InlineData(Redis7)]
    [InlineData(Valkey8)]
    public async Task What_needs_only_other_commands_comes_back_into_an_older_server(string to)
    {
        // The way there and back: a server's own keys after it was newer for a while.
        await using var older = await FilledAsync(to, small: true);
        await using var newer = await StartAsync(Redis8);
        var state = await RedisRoundTrip.StateAsync(older);
        await _trip.RestoreAsync(await _trip.BackUpAsync(older), newer.Uri);
        await older.RunAsync("FLUSHALL");

        await _trip.RestoreAsync(await _trip.BackUpAsync(newer), older.Uri, options => options with { Verify = true });

        Assert.Equal(state, await RedisRoundTrip.StateAsync(older));
    }

    [Theory]
    [InlineData(Redis8)]
    [InlineData(Valkey8)]
    [InlineData(Valkey9)]
    public async Task A_newer_server_serves_for_a_test(string scratch)
    {
        await using var source = await FilledAsync(Redis7, small: false);
        await using var server = await StartAsync(scratch);

        var result = await _trip.DrillAsync(await _trip.BackUpAsync(source), server.Uri);

        Assert.Empty(result.Problem);
        Assert.True(result.IsValid);
        Assert.Equal(["0", "", "OK", "0"], await server.RunAsync("DBSIZE", "FUNCTION LIST", "SELECT 5", "DBSIZE"));
    }

    [Fact]
    public async Task A_server_that_is_too_old_for_a_test_says_nothing_of_the_backup()
    {
        await using var source = await FilledAsync(Valkey9, small: true);
        await using var server = await StartAsync(Redis7);
        var backup = await _trip.BackUpAsync(source);

        await Assert.ThrowsAsync<ServerUnsupportedException>(() => _trip.DrillAsync(backup, server.Uri));

        Assert.Equal("0", await server.RunAsync("DBSIZE"));
    }

    private static async Task<RedisServer> FilledAsync(string name, bool small) => await RedisRoundTrip.FilledAsync(await FindAsync(name), small);

    private static async Task<RedisServer> StartAsync(string name) => await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = await FindAsync(name) });

    private static async Task<string?> FindAsync(string name)
    {
        try
        {
            return name switch
            {
                Redis8 => await NewerRedis.FindRedisAsync(TestContext.Current.CancellationToken),
                Valkey8 => await NewerRedis.FindValkey8Async(TestContext.Current.CancellationToken),
                Valkey9 => await NewerRedis.FindValkeyAsync(TestContext.Current.CancellationToken),
                _ => null,
            };
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            return null;
        }
    }
}
