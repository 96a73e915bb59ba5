using System.Globalization;
using System.Net;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Whole backups of servers in states that are hard on them.</summary>
public sealed class RedisHardStatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_save_that_runs_already_is_waited_for_without_a_warning()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.FillAsync(1000, 100);
        await server.RunAsync("CONFIG SET rdb-key-save-delay 2000", "BGSAVE", "CONFIG SET rdb-key-save-delay 0");
        var backup = await BackUpAsync(server.Uri);
        Assert.Equal(1000, backup.DocumentCount);
        Assert.Empty(backup.Warning);
        Assert.Contains(_reporter.Details, line => line.Contains("is saving already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_cannot_fork_is_no_backup_and_can_be_scanned()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root, to run a server as a user who may start no more processes");
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { UserId = 54_322 });
        await server.FillAsync(100, 100);
        await server.AllowNoProcessesAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => BackUpAsync(server.Uri));
        Assert.Contains("could not fork", error.Message, StringComparison.Ordinal);
        AssertNothingLeft();
        Assert.Equal(100, (await BackUpAsync(server.Uri, RedisBackupMethod.Scan)).DocumentCount);
    }

    [Theory]
    [InlineData(RedisBackupMethod.Replication, 0)]
    [InlineData(RedisBackupMethod.Scan, 0)]
    [InlineData(RedisBackupMethod.Replication, 8 << 20)]
    [InlineData(RedisBackupMethod.Scan, 8 << 20)]
    public async Task A_replica_behind_a_slow_link_that_is_written_to_all_the_while(RedisBackupMethod method, long ownLimit)
    {
        await using var primary = await RedisServer.StartOrSkipAsync();
        await primary.FillAsync(10_000, 1000);
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { ReplicaOf = primary.Port, Lines = ["client-output-buffer-limit replica 1mb 1mb 1", "repl-timeout 5"] }, Token);
        await replica.UntilAsync("INFO replication", "master_link_status:up");
        await using var link = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, replica.Port)) { DownloadRate = 5 << 20 };
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(primary, stop.Token);

        var backup = await _engine.BackupAsync(
            Options(ownLimit == 0 ? $"redis://127.0.0.1:{link.Port}" : replica.Uri, method) with { RateLimit = ownLimit == 0 ? null : ownLimit }, _reporter, Token);
        await stop.CancelAsync();
        Assert.True(await writing > 0);

        Assert.True(backup.Manifest!.Redis!.Shard[0].IsReplica);
        Assert.InRange(backup.DocumentCount!.Value, 10_000, long.MaxValue);
        var verification = new VerificationOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = VerificationDepth.Full };
        Assert.Empty((await _engine.TestAsync(verification, _reporter, Token)).Problem);
        Assert.DoesNotContain("output buffer limits", replica.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RedisBackupMethod.Replication)]
    [InlineData(RedisBackupMethod.Scan)]
    public async Task A_server_that_ends_in_the_middle_leaves_nothing(RedisBackupMethod method)
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.FillAsync(20_000, 1000);
        var backup = _engine.BackupAsync(Options(server.Uri, method) with { RateLimit = 2 << 20 }, _reporter, Token);
        await (method == RedisBackupMethod.Scan ? server.UntilAsync("INFO clients", "connected_clients:2") : server.UntilAsync("INFO replication", "connected_slaves:1"));
        await UntilSomethingIsWrittenAsync();
        await server.KillAsync();
        await Assert.ThrowsAsync<ServerFailedException>(() => backup);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_failover_in_the_middle_leaves_a_whole_backup_or_none_and_the_next_one_reads_the_new_master()
    {
        await using var primary = await RedisServer.StartOrSkipAsync();
        await primary.FillAsync(20_000, 1000);
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = primary.Port }, Token);
        await replica.UntilAsync("INFO replication", "master_link_status:up");
        await using var sentinel = await RedisServer.StartAsync(
            new RedisServerOptions { Sentinel = true, Lines = [$"sentinel monitor main 127.0.0.1 {primary.Port} 1", "sentinel failover-timeout main 2000"] }, Token);
        await sentinel.UntilAsync("SENTINEL replicas main", "master-link-status\nok");
        var uri = $"redis+sentinel://127.0.0.1:{sentinel.Port}/main";
        var first = _engine.BackupAsync(Options(uri) with { RateLimit = 2 << 20 }, _reporter, Token);
        await UntilSomethingIsWrittenAsync();

        await sentinel.RunAsync("SENTINEL FAILOVER main");

        try
        {
            // A master that becomes a replica may go on with what it has begun to send, which is of the moment at which it began.
            var whole = await first;
            Assert.Equal((20_000, $"127.0.0.1:{primary.Port}"), (whole.DocumentCount!.Value, whole.Manifest!.Redis!.Shard[0].Host));
        }
        catch (ServerFailedException error)
        {
            Assert.Contains("the connection ended", error.Message, StringComparison.Ordinal);
            AssertNothingLeft();
        }

        await sentinel.UntilAsync("SENTINEL get-master-addr-by-name main", replica.Port.ToString(CultureInfo.InvariantCulture));
        await replica.UntilAsync("INFO replication", "role:master");
        var second = await BackUpAsync(uri);
        Assert.Equal((20_000, $"127.0.0.1:{replica.Port}"), (second.DocumentCount!.Value, second.Manifest!.Redis!.Shard[0].Host));
    }

    [Theory]
    [InlineData(RedisBackupMethod.Replication)]
    [InlineData(RedisBackupMethod.Scan)]
    public async Task Over_TLS_with_a_client_certificate(RedisBackupMethod method)
    {
        using var certificates = new TemporaryFolder();
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Tls = new TestCertificates(certificates.Path), Password = "word" });
        await server.FillAsync(5000, 1000);
        Assert.Equal(5000, (await BackUpAsync(server.Uri, method)).DocumentCount);
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => BackUpAsync(server.Uri.Replace(":word@", ":other@", StringComparison.Ordinal), method));
    }

    [Fact]
    public async Task The_marker_of_an_unfinished_restore_is_a_warning()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.RunAsync("HSET traf3li:restore:unfinished id 1");
        Assert.Contains((await BackUpAsync(server.Uri)).Warning, warning => warning.Contains("did not come to its end", StringComparison.Ordinal));
        await server.RunAsync("SELECT 1", "HSET traf3li:restore:unfinished id 1", "SELECT 0", "FLUSHDB");
        Assert.DoesNotContain((await BackUpAsync(server.Uri)).Warning, warning => warning.Contains("did not come to its end", StringComparison.Ordinal));
    }

    private static async Task<long> WriteAsync(RedisServer server, CancellationToken cancellationToken)
    {
        using var client = await RespTestClient.ConnectAsync(server);
        var round = 0;
        for (; !cancellationToken.IsCancellationRequested; round++)
        {
            client.Run("SET", $"written:{round % 5000}", new string('x', 500), "PX", 20 + (round % 100));
            await Task.Yield();
        }

        return round;
    }

    private async Task UntilSomethingIsWrittenAsync()
    {
        while (!BackupFiles.In(_folder.Path).Any(file => new FileInfo(file).Length > 0))
        {
            await Task.Delay(20, Token);
        }
    }

    private void AssertNothingLeft() => Assert.Empty(BackupFiles.In(_folder.Path));

    private Task<BackupInfo> BackUpAsync(string uri, RedisBackupMethod method = RedisBackupMethod.Replication) => _engine.BackupAsync(Options(uri, method), _reporter, Token);

    private BackupOptions Options(string uri, RedisBackupMethod method = RedisBackupMethod.Replication) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Environment = "test",
        Source = BackupSource.Redis,
        Uri = uri,
        Method = method,
        Compression = CompressionMethod.None,
    };
}
