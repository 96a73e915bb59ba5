using System.Globalization;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Memory;

/// <summary>The process that backs a Redis server up stays below 350 MB of resident memory in all, also with a value of 300 MB.</summary>
public sealed class RedisMemoryTests : IDisposable
{
    private const long Limit = 350_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RedisBackupMethod.Replication)]
    [InlineData(RedisBackupMethod.Scan)]
    public async Task A_value_of_300_megabytes_needs_less_than_350(RedisBackupMethod method)
    {
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["rdbcompression no"] });
        await server.FillAsync(20_000, 1000);
        await server.RunAsync("EVAL \"redis.call('SETRANGE', 'large', 300000000 - 1, 'x') return 1\" 0");

        await using var child = await EngineProcess.StartAsync(new Dictionary<string, string>(), "redis-backup", server.Uri, _folder.Path, method.ToString());
        child.Begin();
        var peak = await child.CompleteAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peak / 1e6:0} MB"));
        Assert.InRange(peak, 0, Limit);
        var stored = Directory.EnumerateFiles(_folder.Path, "*.rdb", SearchOption.AllDirectories).Single();
        Assert.InRange(new FileInfo(stored).Length, 300_000_000 + (20_000 * 1000), long.MaxValue);
    }
}
