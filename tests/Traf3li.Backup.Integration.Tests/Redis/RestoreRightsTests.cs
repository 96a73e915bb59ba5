using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>The rights that the README gives for a restore are enough, and without any one of them it is named before anything is written.</summary>
public sealed class RestoreRightsTests : IDisposable
{
    private static readonly string[] Extra = ["SET extra 1", "FUNCTION LOAD REPLACE \"#!lua name=mine\\nredis.register_function('mine', function() return 1 end)\""];

    private readonly RedisRoundTrip _trip = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task Each_right_is_needed_and_named()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.RunAsync(
            "SET key value", "RPUSH list 1 2 3", "HSET hash a b", "SET passing value EX 100000", "FUNCTION LOAD \"#!lua name=lib\\nredis.register_function('f', function() return 1 end)\"");
        var small = await _trip.BackUpAsync(source);
        await source.RunAsync("SELECT 5", "SET other value");
        var backup = await _trip.BackUpAsync(source);
        await using var server = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await using var node = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await node.RunAsync("CLUSTER ADDSLOTSRANGE 0 16383");
        await node.UntilAsync("CLUSTER INFO", "cluster_state:ok");
        var words = RedisRightsTests.LineOf("restorer").Split(' ');
        var rights = words.Where(word => word[0] == '+').ToArray();
        Assert.True(rights.Length >= 20);

        foreach (var right in rights)
        {
            var poorer = words.Where(word => word != right).ToArray();
            var said = new[] { await WithoutAsync(server, backup, poorer), await WithoutAsync(node, small, poorer) };

            // A node of a cluster needs no +select, and a plain server no +cluster|slots.
            Assert.Contains(said, text => text.Contains(right, StringComparison.Ordinal));
            Assert.All(right is "+select" or "+cluster|slots" ? [] : said, text => Assert.Contains(right, text, StringComparison.Ordinal));
        }

        foreach (var (target, what) in new[] { (server, backup), (node, small) })
        {
            await ResetAsync(target, string.Join(' ', words));
            await target.RunAsync(Extra);
            var result = await _trip.RestoreAsync(what, UriOf(target), options => options with { Verify = true });
            Assert.Equal((what.DocumentCount!.Value, 1), (result.Redis!.ComparedCount, result.Redis.Deleted.Count));
            Assert.Equal(["mine"], result.Redis.DeletedFunction);
        }
    }

    [Fact]
    public async Task Each_right_for_rebuilding_is_needed_and_named_before_anything_is_written()
    {
        var program = await FindAsync();
        await using var source = await RedisRoundTrip.FilledAsync(program);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Program = program }, Token);
        await target.RunAsync("SET extra 1");
        var backup = await _trip.BackUpAsync(source);
        var line = RedisRightsTests.LineOf("restorer");
        var rights = Rebuilding();
        Assert.Contains("+xclaim", rights);
        var all = new RedisRestoreSizes { LongestPayload = 0 };

        foreach (var right in rights)
        {
            var poorer = $"{line} {string.Join(' ', rights.Where(other => other != right))} {line.Split(' ').Single(word => word == "+hset")}";
            await ResetAsync(target, poorer);
            var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => _trip.RestoreAsync(backup, UriOf(target), all));
            Assert.Contains(right, error.Recommendation, StringComparison.Ordinal);
            Assert.Equal(["1", "OK", "0"], await target.RunAsync("DBSIZE", "SELECT 5", "DBSIZE"));
        }

        // Whoever has none of them restores all that RESTORE takes.
        await ResetAsync(target, line);
        Assert.Equal(0, (await _trip.RestoreAsync(backup, UriOf(target))).Redis!.Rebuilt.Count);
        await ResetAsync(target, $"{line} {string.Join(' ', rights)}");
        var result = await _trip.RestoreAsync(backup, UriOf(target), all, change: options => options with { Verify = true });
        Assert.Equal((backup.DocumentCount!.Value, backup.DocumentCount.Value), (result.Redis!.Rebuilt.Count, result.Redis.ComparedCount));
    }

    private static Task<IReadOnlyList<string>> ResetAsync(RedisServer server, string line) => server.RunAsync("ACL DELUSER restorer", line);

    private static string UriOf(RedisServer server) => server.Uri.Replace("//", "//restorer:PASSWORD@", StringComparison.Ordinal);

    private static string[] Rebuilding()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Traf3li.Backup.sln")))
        {
            folder = folder.Parent!;
        }

        var line = File.ReadLines(Path.Combine(folder.FullName, "README.md")).Single(text => text.Contains("+rpush", StringComparison.Ordinal));
        return [.. line.Split(' ', '`', '.').Where(word => word.StartsWith('+') && word != "+hset")];
    }

    private static async Task<string> FindAsync()
    {
        try
        {
            return await NewerRedis.FindRedisAsync(Token);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            return "";
        }
    }

    // What the error recommends; nothing where the restore needs no more.
    private async Task<string> WithoutAsync(RedisServer target, BackupInfo backup, string[] words)
    {
        await ResetAsync(target, string.Join(' ', words));
        await target.RunAsync(Extra);
        var before = await target.RunAsync("DBSIZE", "FUNCTION LIST");
        try
        {
            await _trip.RestoreAsync(backup, UriOf(target));
            return "";
        }
        catch (NotAuthorizedException error)
        {
            Assert.Equal(before, await target.RunAsync("DBSIZE", "FUNCTION LIST"));
            return error.Recommendation;
        }
    }
}
