using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>What only large data, long values and bad moments bring about, made small.</summary>
public sealed class RestoreDetailTests : IDisposable
{
    private readonly RedisRoundTrip _trip = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task More_keys_than_are_remembered_at_once_are_read_again_part_by_part()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(1000, 16);
        await source.RunAsync("SELECT 3", "SET three 1");
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.FillAsync(500, 16);
        await target.RunAsync([.. Enumerable.Range(0, 300).Select(number => $"SET extra:{number} 1"), "SELECT 3", "SET key:1 1", "SELECT 4", "SET key:2 1"]);
        await using var store = new PausingStore(_trip.Store());

        var result = await _trip.RestoreAsync(backup, target.Uri, new RedisRestoreSizes { MostKeysAtOnce = 50 }, store);

        Assert.Equal((1001, 500, 302), (result.Redis!.Restored.Count, result.Redis.Replaced.Count, result.Redis.Deleted.Count));
        Assert.True(store.Opened >= 8, $"{store.Opened} times");
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await RedisRoundTrip.StateAsync(target));
    }

    [Fact]
    public async Task Long_values_are_compared_through_a_file()
    {
        await using var source = await RedisRoundTrip.FilledAsync(small: false);
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        var sizes = new RedisRestoreSizes { LongestCompared = 100 };

        var result = await _trip.RestoreAsync(backup, target.Uri, sizes, change: options => options with { Verify = true });

        Assert.Equal(backup.DocumentCount!.Value, result.Redis!.ComparedCount);
        await target.RunAsync("RPUSH list:long more", "DEL set:values", "SETRANGE string:text 50000 other", "EXPIRE hash:values 1000", "XADD stream * a b");
        var facts = await RedisRestoreTarget.OpenAsync(RedisUri.Parse(target.Uri), new RedisConnectionOptions(), _trip.Reporter, TimeProvider.System, Token);
        await using var comparison = new ValueComparison(facts, new RedisConnectionOptions(), TimeProvider.System, longestInBatch: 100);
        using var progress = new OperationProgress(_trip.Reporter, TimeProvider.System, "test", null);
        using var part = progress.Begin("test", null);
        using var client = await RespTestClient.ConnectAsync(source);
        await comparison.CompareAsync(new MemoryStream(RestoreCheck.Save(source, client)), "test", new KeySelection([], []), 0, TimeSpan.Zero, part, Token);
        Assert.Equal((5, backup.DocumentCount.Value - 5), (comparison.DifferenceCount, comparison.EqualCount));
        foreach (var difference in new[] { "list:long\" has another value", "set:values\" is missing", "string:text\" has another value", "hash:values\" expires, and does not", "stream\" has another value" })
        {
            Assert.Contains(difference, comparison.Differences, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "traf3li-*.tmp"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_restore_that_took_the_server_over_ends_this_one(bool inTheMiddle)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(1000, 100);
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);

        // In the middle its next sign of life finds out, else its end does.
        await using var store = new PausingStore(_trip.Store(), async token =>
        {
            await target.RunAsync($"HSET {RestoreMarker.Key} id other backup theirs");
            await (inTheMiddle ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask);
        });

        var error = await Assert.ThrowsAsync<RestoreInProgressException>(
            () => _trip.RestoreAsync(backup, target.Uri, new RedisRestoreSizes(), store, inTheMiddle ? new QuickSigns() : TimeProvider.System));

        Assert.Contains("took the server over", error.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", await target.RunAsync($"HGET {RestoreMarker.Key} backup"));
    }

    [Fact]
    public async Task Functions_that_are_not_the_backups_are_named()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        const string Code = "#!lua name=lib\nredis.register_function('f', function() return 1 end)";
        using var client = await RespTestClient.ConnectAsync(server);
        client.Run("FUNCTION", "LOAD", Code);
        var target = await RedisRestoreTarget.OpenAsync(RedisUri.Parse(server.Uri), new RedisConnectionOptions(), _trip.Reporter, TimeProvider.System, Token);
        var functions = new RestoredFunctions(target, new RedisConnectionOptions(), TimeProvider.System);
        var expected = new Dictionary<string, UInt128>(StringComparer.Ordinal) { ["lib"] = RestoredFunctions.HashOf(System.Text.Encoding.UTF8.GetBytes(Code)) };

        await functions.RequireEqualAsync(expected, Token);
        client.Run("FUNCTION", "LOAD", "REPLACE", Code.Replace("return 1", "return 2", StringComparison.Ordinal));
        Assert.Contains("other code in the library of functions lib", (await FailAsync()).Message, StringComparison.Ordinal);
        client.Run("FUNCTION", "FLUSH");
        Assert.Contains("lacks the library of functions lib", (await FailAsync()).Message, StringComparison.Ordinal);

        Task<VerificationFailedException> FailAsync() => Assert.ThrowsAsync<VerificationFailedException>(() => functions.RequireEqualAsync(expected, Token));
    }

    [Fact]
    public async Task A_pattern_that_no_key_is_like_restores_nothing_and_says_so()
    {
        await using var source = await RedisRoundTrip.FilledAsync();
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync("SET nothing:1 1", "SET other 1");

        var result = await _trip.RestoreAsync(backup, target.Uri, options => options with { KeyPattern = ["nothing:*"], DatabaseIndex = [0] });

        Assert.Contains(result.Warning, warning => warning.Contains("No key of the backup is like nothing:* in the chosen databases", StringComparison.Ordinal));
        Assert.Equal((0, backup.DocumentCount!.Value, 1, 0), (result.DocumentCount, result.Redis!.Skipped.Count, result.Redis.Deleted.Count, result.Redis.FunctionCount));
        Assert.Equal("other", await target.RunAsync("KEYS *"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_stalls_does_not_lose_the_servers_idle_connections(bool keepsAlive)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(4000, 1000);
        using var client = await RespTestClient.ConnectAsync(source);
        var rdb = RestoreCheck.Save(source, client);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["timeout 1"] }, Token);
        var options = new RedisConnectionOptions { KeepAlive = keepsAlive ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromHours(1) };

        // An idle client of the test's own shows that the server has closed such.
        await using var stalling = new PausingStream(new MemoryStream(rdb), rdb.Length / 2, async token =>
        {
            for (var round = 0; round < 2; round++)
            {
                await using var idle = await target.ConnectAsync(token);
                Assert.Equal(0, await idle.ReadAsync(new byte[1], token));
            }
        });
        var restoring = RestoreCheck.RestoreAsync(stalling, target, null, options, Token);

        if (keepsAlive)
        {
            Assert.Equal(4000, (await restoring).Restored.Count);
            Assert.Equal("4000", await target.RunAsync("DBSIZE"));
        }
        else
        {
            await Assert.ThrowsAsync<ServerUnreachableException>(() => restoring);
        }
    }

    [Fact]
    public async Task Values_above_the_targets_longest_argument_are_rebuilt_and_what_cannot_be_is_refused_before()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        FillLong(await RespTestClient.ConnectAsync(source));
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["proto-max-bulk-len 1mb"] }, Token);
        await target.RunAsync("SET extra 1");

        var error = await Assert.ThrowsAsync<ServerUnsupportedException>(() => _trip.RestoreAsync(backup, target.Uri));
        Assert.Contains("proto-max-bulk-len", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 (such as db0 ", error.Message, StringComparison.Ordinal);
        Assert.Equal("extra", await target.RunAsync("KEYS *"));

        await source.RunAsync("DEL string:long list:with-one");
        backup = await _trip.BackUpAsync(source);
        var result = await _trip.RestoreAsync(backup, target.Uri, options => options with { Verify = true });
        Assert.Equal((5, 3, 5), (result.Redis!.Restored.Count, result.Redis.Rebuilt.Count, result.Redis.ComparedCount));
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await RedisRoundTrip.StateAsync(target));
    }

    [Fact]
    public async Task Where_the_longest_argument_may_not_be_asked_for_the_error_names_it_and_the_key()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        client.Run("SET", "string:long", Random(6_000_000));
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(
            new RedisServerOptions { Lines = ["proto-max-bulk-len 1mb"], AclLines = ["user default on nopass ~* &* +@all -config"] }, Token);

        var error = await Assert.ThrowsAsync<RestoreFailedException>(() => _trip.RestoreAsync(backup, target.Uri));

        Assert.Contains("proto-max-bulk-len", error.Message, StringComparison.Ordinal);
        Assert.Contains("string:long", error.Message, StringComparison.Ordinal);
    }

    private static void FillLong(RespTestClient client)
    {
        using (client)
        {
            client.Run("SET", "string:short", "value");
            client.Run("SET", "string:compressible", new string('x', 5_000_000));
            client.Run("SET", "string:long", Random(1_100_000));
            client.Run("RPUSH", "list:with-one", "short", Random(1_200_000));
            for (var index = 0; index < 30; index++)
            {
                client.Run("RPUSH", "list:long", Random(100_000 + index));
                client.Run("HSET", "hash:long", $"field {index}", Random(100_000 + index));
                client.Run("XADD", "stream:long", $"{index + 1}-1", "field", Random(100_000 + index));
            }
        }
    }

    private static string Random(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return System.Text.Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A clock on which the marker gives its signs of life often.</summary>
    private sealed class QuickSigns : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var often = period == TimeSpan.FromSeconds(15) ? TimeSpan.FromMilliseconds(50) : period;
            return System.CreateTimer(callback, state, period == often ? dueTime : often, often);
        }
    }
}
