using System.Globalization;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Memory;

/// <summary>The process that backs a Redis server up, tests or restores stays below 350 MB of resident memory in all, also with a value of 300 MB.</summary>
public sealed class RedisMemoryTests : IDisposable
{
    private const string LargeVariable = "TRAF3LI_TEST_LARGE";
    private const long Limit = 350_000_000;
    private const int LargeValue = 300_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RedisBackupMethod.Replication)]
    [InlineData(RedisBackupMethod.Scan)]
    public async Task A_value_of_300_megabytes_needs_less_than_350(RedisBackupMethod method)
    {
        await using var server = await FilledAsync(count: 20_000, size: 1000);

        await using var child = await EngineProcess.StartAsync(new Dictionary<string, string>(), "redis-backup", server.Uri, _folder.Path, method.ToString());
        child.Begin();
        var peak = await child.CompleteAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peak / 1e6:0} MB"));
        Assert.InRange(peak, 0, Limit);
        var stored = Directory.EnumerateFiles(_folder.Path, "*.rdb", SearchOption.AllDirectories).Single();
        Assert.InRange(new FileInfo(stored).Length, LargeValue + (20_000 * 1000), long.MaxValue);
    }

    [Fact]
    public Task Test_and_restore_of_such_a_value_too() => MeasureAsync(count: 20_000, size: 1000);

    [Fact]
    public Task Two_gigabytes_need_less_than_350_megabytes()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(LargeVariable) == "1", $"it takes minutes; set {LargeVariable}=1 to run it");
        return MeasureAsync(count: 1_700_000, size: 1000);
    }

    private static async Task<RedisServer> FilledAsync(int count, int size)
    {
        var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["rdbcompression no", "busy-reply-threshold 0"] });
        await server.FillAsync(count, size);
        await server.RunAsync($"EVAL \"redis.call('SETRANGE', 'large', {LargeValue} - 1, 'x') return 1\" 0");
        return server;
    }

    private static async Task<long> RunAsync(params string[] arguments)
    {
        await using var child = await EngineProcess.StartAsync(new Dictionary<string, string>(), arguments);
        child.Begin();
        return await child.CompleteAsync();
    }

    private async Task MeasureAsync(int count, int size)
    {
        await using var server = await FilledAsync(count, size);
        var backup = await RunAsync("redis-backup", server.Uri, _folder.Path, nameof(RedisBackupMethod.Replication), nameof(CompressionMethod.Gzip));
        var key = Path.GetRelativePath(_folder.Path, Directory.EnumerateFiles(_folder.Path, "*.rdb.gz", SearchOption.AllDirectories).Single());
        var test = await RunAsync("test", _folder.Path, key);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), TestContext.Current.CancellationToken);
        var restore = await RunAsync("restore", target.Uri, _folder.Path, key);

        Assert.Equal([$"{count + 1}", $"{LargeValue}"], await target.RunAsync("DBSIZE", "STRLEN large"));
        var report = string.Create(CultureInfo.InvariantCulture, $"backup {backup / 1e6:0} MB, test {test / 1e6:0} MB, restore {restore / 1e6:0} MB");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(backup < Limit && test < Limit && restore < Limit, report);
    }
}
