using System.Globalization;
using System.Net;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Full synchronisations with a real server.</summary>
public sealed class ReplicationTests
{
    // Answers as a server that is older than the option.
    private static readonly (byte[] Bytes, byte[] Replacement) WithoutRdbOnly = ("rdb-only"u8.ToArray(), "rdb-none"u8.ToArray());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_moment_while_keys_are_written(bool diskless)
    {
        await using var server = await StartAsync(diskless);
        await server.FillAsync(5_000, 1_000);
        using var stop = new CancellationTokenSource();
        var writing = WriteInOrderAsync(server, stop.Token);
        byte[] rdb;
        await using (var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)))
        {
            Assert.Equal(diskless ? ReplicationFraming.Marker : ReplicationFraming.Length, snapshot.Framing);
            Assert.Equal((true, 40), (snapshot.IsRdbOnly, snapshot.ReplicationId!.Length));
            rdb = await RdbCheck.ReadAsync(snapshot);
        }

        await stop.CancelAsync();
        var written = await writing;

        // Keys w:0, w:1 … were written one after the other: at one moment there is a first part of them, without a gap.
        await using var copy = await RdbCheck.StartAsync(rdb);
        var count = long.Parse(await copy.RunAsync("DBSIZE"), CultureInfo.InvariantCulture) - 5_000;
        Assert.InRange(count, 0, written);
        var gaps = await copy.RunAsync($"EVAL \"local n = 0 for i = 0, ARGV[1] - 1 do n = n + redis.call('EXISTS', 'w:' .. i) end return ARGV[1] - n\" 0 {count}");
        Assert.Equal("0", gaps);
    }

    [Fact]
    public async Task An_empty_server()
    {
        await using var server = await StartAsync(diskless: true);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        Assert.Equal(0, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
    }

    [Fact]
    public async Task What_only_the_newest_format_can_hold()
    {
        await using var server = await StartAsync(diskless: true);
        var set = await server.RunAsync(["HSET h f v g w", "HPEXPIRE h 100000000 FIELDS 1 f"]);
        Assert.SkipWhen(set[1].StartsWith("-ERR unknown command", StringComparison.Ordinal), "this server has no fields that expire (TRAF3LI_TEST_REDIS names another)");
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        await using var copy = await RdbCheck.StartAsync(await RdbCheck.ReadAsync(snapshot));
        Assert.InRange(long.Parse(await copy.RunAsync("HPTTL h FIELDS 1 f"), CultureInfo.InvariantCulture), 1, 100_000_000);
    }

    [Fact]
    public async Task The_server_is_rid_of_us_at_the_last_byte()
    {
        await using var server = await StartAsync(diskless: false);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        await RdbCheck.ReadAsync(snapshot);
        await server.UntilAsync("INFO replication", "connected_slaves:0");
    }

    [Fact]
    public async Task Through_a_unix_socket()
    {
        await using var server = await StartAsync(diskless: true);
        await server.FillAsync(100, 100);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node("redis+unix://" + server.SocketPath));
        Assert.Equal(100, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
    }

    [Fact]
    public async Task A_save_that_runs_already_is_waited_for()
    {
        await using var server = await StartAsync(diskless: true);
        await server.FillAsync(1_000, 100);
        await server.RunAsync(["CONFIG SET rdb-key-save-delay 2000", "BGSAVE", "CONFIG SET rdb-key-save-delay 0"]);
        var facts = await ReadFactsAsync(server);
        Assert.True(facts.IsSaving);
        Assert.Empty(RedisPreflight.Warnings(facts));
        Assert.Contains(RedisPreflight.Warnings(facts with { SavingFor = TimeSpan.FromMinutes(61) }), warning => warning.Contains("has been saving for 61 min", StringComparison.Ordinal));
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        Assert.Equal(1_000, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
    }

    [Fact]
    public async Task A_fork_that_takes_too_long()
    {
        await using var server = await StartAsync(diskless: false);
        await server.FillAsync(1_000, 100);
        await server.RunAsync("CONFIG SET rdb-key-save-delay 1000000");
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(
            () => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri), new ReplicationOptions { ForkTimeout = TimeSpan.FromSeconds(1) }));
        Assert.Contains("it has been saving for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_save_that_fails()
    {
        await using var server = await StartAsync(diskless: false);
        Directory.Delete(Path.Combine(server.Folder, "data"), recursive: true);
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)));
        Assert.Contains("before the RDB began; the server's save failed (rdb_last_bgsave_status:err)", error.Message, StringComparison.Ordinal);
        Assert.Contains(RedisPreflight.Warnings(await ReadFactsAsync(server)), warning => warning.Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fork_that_the_machine_refuses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root, to run a server as a user who may start no more processes");
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { UserId = 54_321 });
        await server.AllowNoProcessesAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)));
        Assert.Contains("could not fork", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_killed_in_the_middle(bool diskless)
    {
        await using var server = await StartAsync(diskless);
        await server.FillAsync(30_000, 1_000);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        await snapshot.Rdb.ReadExactlyAsync(new byte[1_000_000]);
        await server.KillAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => RdbCheck.ReadAsync(snapshot));
        Assert.Contains(diskless ? "bytes, whose end was not marked" : $"of {snapshot.Length} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("a second connection to it failed", error.Message, StringComparison.Ordinal);
        Assert.InRange(snapshot.BytesRead, 1_000_000, 30_000_000);
        Assert.False(snapshot.IsComplete);
    }

    [Fact]
    public async Task Cancelled_in_the_middle_and_done_again()
    {
        await using var server = await StartAsync(diskless: true);
        await server.FillAsync(20_000, 1_000);
        using var stop = new CancellationTokenSource();
        await using (var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)))
        {
            await snapshot.Rdb.ReadExactlyAsync(new byte[1_000_000], stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await snapshot.Rdb.ReadExactlyAsync(new byte[20_000_000], stop.Token));
        }

        await using var again = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        Assert.Equal(20_000, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(again)));
    }

    [Fact]
    public async Task A_reader_that_pauses_costs_the_server_nothing_but_the_fork()
    {
        await using var server = await StartAsync(diskless: false, "client-output-buffer-limit replica 1mb 1mb 0");
        await server.FillAsync(20_000, 1_000);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        await snapshot.Rdb.ReadExactlyAsync(new byte[1_000_000]);
        await server.FillAsync(20_000, 1_000);
        await snapshot.Rdb.CopyToAsync(Stream.Null);
        Assert.Equal(snapshot.Length, snapshot.BytesRead);
        Assert.DoesNotContain("output buffer limits", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_sends_more_than_the_rdb_drops_us_at_its_limit()
    {
        await using var server = await StartAsync(diskless: false, "client-output-buffer-limit replica 2mb 0 0", "repl-backlog-size 1mb");
        await server.FillAsync(20_000, 1_000);
        await using var proxy = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, server.Port)) { UploadReplacement = WithoutRdbOnly };
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node($"redis://127.0.0.1:{proxy.Port}"));
        Assert.False(snapshot.IsRdbOnly);
        await snapshot.Rdb.ReadExactlyAsync(new byte[1_000_000]);
        await server.RunAsync("EVAL \"for i = 1, 8 do redis.call('SET', 'big', string.rep('x', 1048576)) end return 'OK'\" 0");

        await server.WaitForLogAsync("output buffer limits");
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => snapshot.Rdb.CopyToAsync(Stream.Null));
        Assert.Contains($"of {snapshot.Length} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("passes 2.0 MB (client-output-buffer-limit replica)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_follows_the_rdb_is_not_taken_for_it(bool diskless)
    {
        await using var server = await StartAsync(diskless);
        await server.FillAsync(1_000, 1_000);
        await using var proxy = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, server.Port)) { UploadReplacement = WithoutRdbOnly };
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node($"redis://127.0.0.1:{proxy.Port}"));
        await server.RunAsync(["SET later 1", "SET later 2"]);
        Assert.Equal(1_000, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
    }

    [Fact]
    public async Task A_replica_without_its_primary()
    {
        await using var replica = await RedisServer.StartOrSkipAsync(new RedisServerOptions { ReplicaOf = FreePort.Next() });
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(replica.Uri)));
        Assert.Contains("no link to its primary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_where_psync_was_renamed_away_and_a_refusal_where_both_were()
    {
        await using var half = await StartAsync(diskless: true, "rename-command PSYNC \"\"");
        await half.FillAsync(10, 10);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(half.Uri));
        Assert.Null(snapshot.ReplicationId);
        Assert.Equal(10, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));

        await using var none = await StartAsync(diskless: true, "rename-command PSYNC \"\"", "rename-command SYNC \"\"");
        var error = await Assert.ThrowsAsync<ReplicationRefusedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(none.Uri)));
        Assert.Contains("unknown command", error.Message, StringComparison.Ordinal);
    }

    private static Task<RedisServer> StartAsync(bool diskless, params string[] lines) =>
        RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = [$"repl-diskless-sync {(diskless ? "yes" : "no")}", .. lines] });

    private static async Task<RedisServerFacts> ReadFactsAsync(RedisServer server)
    {
        await using var connection = await RedisConnection.OpenAsync(
            RdbCheck.Node(server.Uri), new RedisConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await RedisServerFacts.ReadAsync(connection, CancellationToken.None);
    }

    private static async Task<long> WriteInOrderAsync(RedisServer server, CancellationToken cancellationToken)
    {
        await using var connection = await RedisConnection.OpenAsync(
            RdbCheck.Node(server.Uri), new RedisConnectionOptions(), TimeProvider.System, CancellationToken.None);
        var written = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            await connection.CallAsync("SET", ["SET", FormattableString.Invariant($"w:{written}"), "x"], CancellationToken.None);
            written++;
        }

        return written;
    }
}
