using System.IO.Compression;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Redis to a folder: taken, listed and tested.</summary>
public sealed class RedisBackupTests : IDisposable
{
    private const string Password = "s3cret-of-the-test";

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.None)]
    public async Task A_server_is_backed_up_listed_and_tested(CompressionMethod compression)
    {
        await using var server = await FilledAsync();

        var backup = await BackUpAsync(server.Uri, compression);

        Assert.Equal((BackupStatus.Complete, BackupSource.Redis, BackupConsistency.Snapshot), (backup.Status, backup.Source, backup.Consistency));
        Assert.Matches(@"^backups/redis/\d{4}/\d{2}/redis-test-.*\.rdb(\.gz|\.zst)?$", backup.Key);
        Assert.Equal(["0", "3"], backup.Database);
        Assert.Equal(7 + 2, backup.DocumentCount);
        Assert.Equal([new RedisDatabaseManifest(0, 7, 1), new RedisDatabaseManifest(3, 2, 0)], backup.Manifest!.Redis!.Database);
        var shard = Assert.Single(backup.Manifest.Redis.Shard);
        Assert.Equal(40, shard.ReplicationId!.Length);
        Assert.DoesNotContain(Password, await File.ReadAllTextAsync(PathOf(backup.Key) + ".manifest.json", Token), StringComparison.Ordinal);
        var listed = Assert.Single(await ListAsync());
        Assert.Equal((backup.Key, BackupStatus.Complete, backup.DocumentCount), (listed.Key, listed.Status, listed.DocumentCount));

        var result = await TestAsync(listed, VerificationDepth.Full);

        Assert.Empty(result.Problem);
        Assert.Empty(result.Warning);
        Assert.Equal(9, result.DocumentCount);
        var first = result.Redis!.Database[0];
        Assert.Equal(
            ["hash 1", "list 1", "set 1", "stream 1", "string 2", "zset 1"],
            first.CountByType.Select(item => $"{item.Key} {item.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(("large", "string"), (result.Redis.BiggestKey[0].Key, result.Redis.BiggestKey[0].Type));
        Assert.Equal(1, result.Redis.FunctionCount);
    }

    [Fact]
    public async Task A_server_starts_from_the_stored_object()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.Gzip);
        var rdb = Path.Combine(_folder.Path, "dump.rdb");
        await using (var plain = new GZipStream(File.OpenRead(PathOf(backup.Key)), CompressionMode.Decompress))
        await using (var file = File.Create(rdb))
        {
            await plain.CopyToAsync(file, Token);
        }

        await using var other = await RedisServer.StartAsync(new RedisServerOptions { Rdb = rdb }, Token);

        Assert.Equal(["7", "OK", "2"], await other.RunAsync("DBSIZE", "SELECT 3", "DBSIZE"));
    }

    [Fact]
    public async Task Keys_written_all_the_while_do_no_harm()
    {
        await using var server = await FilledAsync();
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(server, stop.Token);

        var backup = await BackUpAsync(server.Uri, CompressionMethod.Zstd);
        await stop.CancelAsync();
        await writing;

        Assert.Empty((await TestAsync(backup, VerificationDepth.Full)).Problem);
    }

    [Fact]
    public async Task A_changed_byte_a_cut_and_a_missing_object_are_found()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.None);
        var path = PathOf(backup.Key);
        var bytes = await File.ReadAllBytesAsync(path, Token);

        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        Assert.NotEmpty((await TestAsync(backup, VerificationDepth.Full)).Problem);
        Assert.Empty((await TestAsync(backup, VerificationDepth.Quick)).Problem);

        await File.WriteAllBytesAsync(path, bytes[..^1], Token);
        Assert.Contains("bytes", (await TestAsync(backup, VerificationDepth.Quick)).Problem[0], StringComparison.Ordinal);

        File.Delete(path);
        Assert.Contains("missing", (await TestAsync(backup, VerificationDepth.Quick)).Problem[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_Node_scripts_left_is_tested_without_a_manifest()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.Gzip);
        File.Delete(PathOf(backup.Key) + ".manifest.json");

        var legacy = Assert.Single(await ListAsync());
        var result = await TestAsync(legacy, VerificationDepth.Full);

        Assert.Equal(BackupStatus.Legacy, legacy.Status);
        Assert.Empty(result.Problem);
        Assert.Equal(9, result.DocumentCount);
        Assert.NotEmpty(result.Warning);
    }

    [Fact]
    public async Task A_cluster_is_one_backup_with_an_object_a_primary()
    {
        await using var one = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Cluster = true });
        await using var two = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await RedisCluster.FormAsync(one, two);

        // Whoever does not hold a key's slot answers where it is, and does not take it.
        var sets = Enumerable.Range(0, 100).Select(number => $"SET key:{number} x").ToArray();
        await one.RunAsync(sets);
        await two.RunAsync(sets);

        var backup = await BackUpAsync(one.Uri, CompressionMethod.Gzip);

        Assert.Equal(BackupConsistency.None, backup.Consistency);
        Assert.Empty(backup.Warning);
        Assert.Contains(_reporter.Details, line => line.Contains("not one point in time", StringComparison.Ordinal));
        Assert.Equal(2, backup.Manifest!.Redis!.Shard.Count);
        Assert.Equal(100, backup.DocumentCount);
        Assert.EndsWith(".shard2.rdb.gz", backup.Manifest.Redis.Shard[1].Key, StringComparison.Ordinal);
        var listed = Assert.Single(await ListAsync());
        Assert.Empty((await TestAsync(listed, VerificationDepth.Full)).Problem);

        File.Delete(PathOf(backup.Manifest.Redis.Shard[1].Key));
        Assert.Contains(".shard2.rdb.gz is missing", (await TestAsync(listed, VerificationDepth.Quick)).Problem[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_reads_the_server_and_writes_nothing()
    {
        await using var server = await FilledAsync();

        var plan = await _engine.PlanBackupAsync(Options(server.Uri, CompressionMethod.Gzip), _reporter, Token);

        Assert.Equal(["db0 7", "db3 2"], plan.Namespace.Select(item => $"{item.Name} {item.EstimatedCount}"));
        Assert.Equal(BackupConsistency.Snapshot, plan.Consistency);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_server_that_cannot_be_read_leaves_nothing()
    {
        await using var server = await FilledAsync();

        await Assert.ThrowsAsync<AuthenticationFailedException>(() => BackUpAsync($"redis://:wrong@127.0.0.1:{server.Port}", CompressionMethod.Gzip));

        Assert.Empty(await ListAsync());
        Assert.Empty(BackupFiles.In(_folder.Path));
    }

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Password = Password });
        var replies = await server.RunAsync(
            "SET greeting hello EX 100000",
            "EVAL \"redis.call('SET', 'large', string.rep('abcdefgh', 1000000))\" 0",
            "RPUSH list a b c",
            "SADD set 1 2 3",
            "ZADD zset 1.5 one 2 two",
            "HSET hash field value",
            "XADD stream * field value",
            "FUNCTION LOAD \"#!lua name=mylib\\nredis.register_function('f', function() return 1 end)\"",
            "SELECT 3",
            "SET other 1",
            "SET another 2");
        Assert.DoesNotContain(replies, reply => reply.StartsWith('-'));
        return server;
    }

    private static async Task WriteAsync(RedisServer server, CancellationToken cancellationToken)
    {
        for (var round = 0; !cancellationToken.IsCancellationRequested; round++)
        {
            await server.RunAsync($"SET written:{round % 1000} {round} EX 5");
        }
    }

    private string PathOf(string key) => Path.Combine(_folder.Path, key);

    private Task<BackupInfo> BackUpAsync(string uri, CompressionMethod compression) => _engine.BackupAsync(Options(uri, compression), _reporter, Token);

    private BackupOptions Options(string uri, CompressionMethod compression) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Environment = "test",
        Source = BackupSource.Redis,
        Uri = uri,
        Compression = compression,
    };

    private Task<VerificationResult> TestAsync(BackupInfo backup, VerificationDepth depth) => _engine.TestAsync(
        new VerificationOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = depth }, _reporter, Token);

    private async Task<IReadOnlyList<BackupInfo>> ListAsync()
    {
        var found = new List<BackupInfo>();
        await foreach (var backup in _engine.ListAsync(new BackupQuery { WorkingDirectory = _folder.Path, Destination = _folder.Path }, _reporter, Token))
        {
            found.Add(backup);
        }

        return found;
    }
}
