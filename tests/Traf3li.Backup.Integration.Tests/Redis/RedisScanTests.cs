using System.Globalization;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Scan;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Servers read key by key, as those have to be that refuse replication.</summary>
public abstract class RedisScanTests(Func<CancellationToken, Task<string>>? find) : IAsyncLifetime
{
    private static readonly string[] NoReplication = ["rename-command PSYNC \"\"", "rename-command SYNC \"\""];

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();
    private string? _program;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _program = find is null ? null : await find(Token);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_starts_from_a_scan_with_the_same_data(bool small)
    {
        await using var source = await StartAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small);
        client.Run("EVAL", "redis.call('SET', 'large', string.rep('abcdefgh', 4000000))", 0);

        var backup = await BackUpAsync(source.Uri, RedisBackupMethod.Scan);

        Assert.Equal((BackupConsistency.None, RedisBackupMethod.Scan), (backup.Consistency, backup.Manifest!.Redis!.Method));
        Assert.Equal(1, backup.Manifest.Redis.FunctionCount);
        Assert.Empty(backup.Warning);
        Assert.Contains(_reporter.Details, line => line.Contains("not one point in time", StringComparison.Ordinal));
        await using var copy = await StartFromAsync(backup);
        Assert.Equal(await DigestAsync(source), await DigestAsync(copy));
        Assert.Equal(await source.RunAsync("FUNCTION LIST WITHCODE"), await copy.RunAsync("FUNCTION LIST WITHCODE"));
    }

    [Fact]
    public async Task A_server_without_PSYNC_is_scanned_unless_replication_was_asked_for()
    {
        await using var source = await StartAsync(NoReplication);
        await source.RunAsync("SET a 1", "SELECT 3", "SET b 2 EX 1000");

        var plan = await _engine.PlanBackupAsync(Options(source.Uri, RedisBackupMethod.Auto), _reporter, Token);
        Assert.Equal((RedisBackupMethod.Scan, BackupConsistency.None), (plan.Method!.Value, plan.Consistency));
        Assert.Contains(plan.Warning, warning => warning.Contains("gives this user no replication stream", StringComparison.Ordinal));

        var backup = await BackUpAsync(source.Uri, RedisBackupMethod.Auto);
        Assert.Equal(RedisBackupMethod.Scan, backup.Manifest!.Redis!.Method);
        Assert.Contains(_reporter.Warnings, warning => warning.Contains("unknown command", StringComparison.Ordinal));
        Assert.Equal([new RedisDatabaseManifest(0, 1, 0), new RedisDatabaseManifest(3, 1, 1)], backup.Manifest.Redis.Database);
        Assert.Empty((await TestAsync(backup)).Problem);

        var replication = Options(source.Uri, RedisBackupMethod.Replication);
        await Assert.ThrowsAsync<ReplicationRefusedException>(() => _engine.BackupAsync(replication, _reporter, Token));
        await Assert.ThrowsAsync<ReplicationRefusedException>(() => _engine.PlanBackupAsync(replication, _reporter, Token));
    }

    [Fact]
    public async Task A_user_without_the_right_to_replicate_is_told_so_and_the_plan_begins_nothing()
    {
        await using var source = await StartAsync(
            "user default off", "user all on >all ~* &* +@all", "user reader on >reader ~* &* +@all -psync", "user replica on >replica ~* &* +psync +sync +replconf +ping +info +config|get");
        var plan = await _engine.PlanBackupAsync(Options(Login(source, "reader"), RedisBackupMethod.Auto), _reporter, Token);
        Assert.Equal(RedisBackupMethod.Scan, plan.Method);
        Assert.Contains(plan.Warning, warning => warning.Contains("+psync +sync +replconf", StringComparison.Ordinal));
        Assert.Equal(RedisBackupMethod.Scan, (await BackUpAsync(Login(source, "reader"), RedisBackupMethod.Auto)).Manifest!.Redis!.Method);
        await Assert.ThrowsAsync<NotAuthorizedException>(() => BackUpAsync(Login(source, "reader"), RedisBackupMethod.Replication));

        plan = await _engine.PlanBackupAsync(Options(Login(source, "replica"), RedisBackupMethod.Auto), _reporter, Token);
        Assert.Equal((RedisBackupMethod.Replication, BackupConsistency.Snapshot), (plan.Method!.Value, plan.Consistency));
        Assert.DoesNotContain("Starting BGSAVE", source.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Full resync requested", source.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_written_deleted_and_expiring_all_the_while()
    {
        await using var source = await StartAsync();
        await source.FillAsync(20_000, 200);
        using var stop = new CancellationTokenSource();
        var writing = ChangeAsync(source, stop.Token);

        var backup = await BackUpAsync(source.Uri, RedisBackupMethod.Scan);
        await stop.CancelAsync();
        Assert.True(await writing > 0);

        Assert.Empty((await TestAsync(backup)).Problem);
        await using var copy = await StartFromAsync(backup);
        const string Same = "EVAL \"local n = 0 for i = 0, 19999 do if string.sub(redis.call('GET', 'key:' .. i) or '', 1, #tostring(i)) == tostring(i) then n = n + 1 end end return n\" 0";
        Assert.Equal("20000", await copy.RunAsync(Same));
    }

    [Fact]
    public async Task A_table_that_shrinks_and_grows_gives_no_key_twice()
    {
        await using var source = await StartAsync("activerehashing yes");
        await source.FillAsync(30_000, 1000);
        await using var snapshot = await ScanAsync(source);
        using var rdb = new MemoryStream();
        var piece = new byte[1 << 20];
        for (var round = 0; round < 12; round++)
        {
            rdb.Write(piece, 0, await snapshot.Rdb.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, Token));
            await source.RunAsync($"EVAL \"for i = 0, 29999 do if (i + ARGV[1]) % 10 > 0 then if ARGV[1] % 2 == 0 then redis.call('UNLINK', 'key:' .. i) else redis.call('SET', 'key:' .. i, string.rep('x', 500)) end end end return 1\" 0 {round}");
        }

        await snapshot.Rdb.CopyToAsync(rdb, Token);

        await using var copy = await StartFromAsync(rdb.ToArray());
        Assert.Equal(snapshot.Counts.Written.ToString(CultureInfo.InvariantCulture), await copy.RunAsync("DBSIZE"));
        TestContext.Current.TestOutputHelper?.WriteLine($"written {snapshot.Counts.Written}, repeated {snapshot.Counts.Repeated}, vanished {snapshot.Counts.Vanished}");
    }

    [Fact]
    public async Task A_database_of_more_keys_than_are_held_is_read_in_passes()
    {
        await using var source = await StartAsync();
        await source.FillAsync(10_000, 100);
        await using var snapshot = await ScanAsync(source, keysPerPass: 999);
        using var rdb = new MemoryStream();
        await snapshot.Rdb.CopyToAsync(rdb, Token);

        Assert.Equal((10_000, 0), (snapshot.Counts.Written, snapshot.Counts.Vanished));
        await using var copy = await StartFromAsync(rdb.ToArray());
        Assert.Equal(await DigestAsync(source), await DigestAsync(copy));
    }

    [Fact]
    public async Task A_server_without_INFO_and_CONFIG_has_its_databases_tried()
    {
        await using var source = await StartAsync([.. NoReplication, "rename-command INFO \"\"", "rename-command CONFIG \"\""]);
        await source.RunAsync("SET a 1", "SELECT 7", "SET b 2", "SELECT 15", "SET c 3");

        var backup = await BackUpAsync(source.Uri, RedisBackupMethod.Auto);

        Assert.Equal([0, 7, 15], backup.Manifest!.Redis!.Database.Select(database => database.Index));
        Assert.Contains(backup.Warning, warning => warning.Contains("refuses INFO", StringComparison.Ordinal));
        await using var copy = await StartFromAsync(backup);
        Assert.Equal(["OK", "3"], await copy.RunAsync("SELECT 15", "GET c"));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-lfu")]
    public async Task The_use_of_keys_is_kept_and_not_changed(string policy)
    {
        await using var source = await StartAsync($"maxmemory-policy {policy}", "maxmemory 1gb", "lfu-decay-time 0");
        await source.RunAsync("SET a 1", "SET b 2 EX 1000");
        var isLru = policy == "allkeys-lru";
        var question = isLru ? "OBJECT IDLETIME a" : "OBJECT FREQ a";
        if (isLru)
        {
            await source.UntilAsync("OBJECT IDLETIME a", "2");
        }

        var backup = await BackUpAsync(source.Uri, RedisBackupMethod.Scan);

        await using var file = File.OpenRead(PathOf(backup));
        var reader = new RdbReader(file, backup.Key);
        var uses = new List<(long? Idle, byte? Frequency)>();
        for (var record = reader.Read(Token); record != RdbRecord.End; record = reader.Read(Token))
        {
            if (record == RdbRecord.Key)
            {
                uses.Add((reader.IdleSeconds, reader.Frequency));
            }
        }

        // Before 7.2 the first key, which tells the RDB's version, was used by that.
        var used = uses[1];
        Assert.Equal((isLru, !isLru), (used.Idle >= 2, used.Frequency is not null));
        if (_program is not null)
        {
            // From 7.2 on a client can look without being counted.
            Assert.All(uses, use => Assert.Equal((isLru, !isLru), (use.Idle >= 2, use.Frequency is not null)));
            Assert.True(isLru ? int.Parse(await source.RunAsync(question), CultureInfo.InvariantCulture) >= 2 : used.Frequency.ToString() == await source.RunAsync(question));
        }
    }

    [Fact]
    public async Task An_empty_server_and_one_with_a_function_alone()
    {
        await using var source = await StartAsync();
        Assert.Equal(0, (await BackUpAsync(source.Uri, RedisBackupMethod.Scan)).DocumentCount);
        await source.RunAsync("FUNCTION LOAD \"#!lua name=mylib\\nredis.register_function('f', function() return 1 end)\"");
        await using var copy = await StartFromAsync(await BackUpAsync(source.Uri, RedisBackupMethod.Scan));
        Assert.Equal("1", await copy.RunAsync("FCALL f 0"));
    }

    [Fact]
    public async Task A_server_killed_in_the_middle_leaves_nothing()
    {
        await using var source = await StartAsync();
        await source.FillAsync(30_000, 1000);
        await using var snapshot = await ScanAsync(source);
        await snapshot.Rdb.ReadExactlyAsync(new byte[1 << 20], Token);
        await source.KillAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => snapshot.Rdb.CopyToAsync(Stream.Null, Token));
        Assert.Matches(@"The scan on 127\.0\.0\.1:\d+ failed: the connection ended after \d+ keys", error.Message);
    }

    [Fact]
    public async Task A_server_that_stops_to_answer_is_given_up()
    {
        await using var source = await StartAsync();
        await source.FillAsync(30_000, 1000);
        await using var snapshot = await ScanSnapshot.OpenAsync(
            RdbCheck.Node(source.Uri), new ReplicationOptions { IdleTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System, Token);
        await snapshot.Rdb.ReadExactlyAsync(new byte[1 << 20], Token);
        await source.RunAsync("CLIENT PAUSE 60000 ALL");
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => snapshot.Rdb.CopyToAsync(Stream.Null, Token));
        Assert.Equal("1 s (REDIS_IDLE_TIMEOUT)", error.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_primary_of_a_cluster_or_its_replica_is_scanned(bool preferReplica)
    {
        await using var one = await StartAsync(new RedisServerOptions { Cluster = true });
        await using var two = await StartAsync(new RedisServerOptions { Cluster = true });
        await using var replica = await StartAsync(new RedisServerOptions { Cluster = true });
        await RedisCluster.FormAsync(one, two);
        await one.RunAsync($"CLUSTER MEET 127.0.0.1 {replica.Port} {replica.ClusterPort}");
        await replica.UntilAsync("CLUSTER INFO", "cluster_state:ok");

        await replica.UntilAsync("CLUSTER NODES", await one.RunAsync("CLUSTER MYID"));
        await replica.RunAsync($"CLUSTER REPLICATE {await one.RunAsync("CLUSTER MYID")}");
        var sets = Enumerable.Range(0, 100).Select(number => $"SET key:{number} x").ToArray();
        await one.RunAsync(sets);
        await two.RunAsync(sets);
        await replica.UntilAsync("INFO replication", "master_link_status:up");
        await one.UntilAsync("CLUSTER SLOTS", replica.Port.ToString(CultureInfo.InvariantCulture));

        var backup = await _engine.BackupAsync(Options(one.Uri, RedisBackupMethod.Scan) with { PreferReplica = preferReplica }, _reporter, Token);

        Assert.Equal((2, 100), (backup.Manifest!.Redis!.Shard.Count, backup.DocumentCount));
        Assert.Equal(preferReplica, backup.Manifest.Redis.Shard[0].IsReplica);
        Assert.Empty((await TestAsync(backup)).Problem);
    }

    private static async Task<long> ChangeAsync(RedisServer server, CancellationToken cancellationToken)
    {
        using var client = await RespTestClient.ConnectAsync(server);
        var round = 0;
        for (; !cancellationToken.IsCancellationRequested; round++)
        {
            client.Run("SET", $"written:{round % 5000}", round, "PX", 1 + (round % 50));
            client.Run("SET", $"new:{round}", round);
            client.Run("DEL", $"new:{round - 1000}");
            client.Run("HSET", "growing", round, round);
            await Task.Yield();
        }

        return round;
    }

    private static string Login(RedisServer server, string user) => $"redis://{user}:{user}@127.0.0.1:{server.Port}";

    private static Task<ScanSnapshot> ScanAsync(RedisServer server, int? keysPerPass = null) =>
        ScanSnapshot.OpenAsync(RdbCheck.Node(server.Uri), new ReplicationOptions(), TimeProvider.System, Token, keysPerPass);

    private static async Task<IEnumerable<(int, long, long, RdbDigest?)>> DigestAsync(RedisServer server)
    {
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        var rdb = await RdbCheck.ReadAsync(snapshot);
        return RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "check"), withDigest: true, Token)
            .Databases.Values.Select(database => (database.Database, database.Keys, database.Expiring, database.Digest)).ToArray();
    }

    private Task<RedisServer> StartAsync(params string[] lines) => StartAsync(
        new RedisServerOptions { Lines = [.. lines.Where(line => !line.StartsWith("user ", StringComparison.Ordinal))], AclLines = [.. lines.Where(line => line.StartsWith("user ", StringComparison.Ordinal))] });

    private Task<RedisServer> StartAsync(RedisServerOptions options) => RedisServer.StartOrSkipAsync(options with { Program = _program });

    private Task<RedisServer> StartFromAsync(BackupInfo backup) => RedisServer.StartAsync(new RedisServerOptions { Program = _program, Rdb = PathOf(backup) }, Token);

    private async Task<RedisServer> StartFromAsync(byte[] rdb)
    {
        var file = Path.Combine(_folder.Path, "scan.rdb");
        await File.WriteAllBytesAsync(file, rdb, Token);
        return await RedisServer.StartAsync(new RedisServerOptions { Program = _program, Rdb = file }, Token);
    }

    private string PathOf(BackupInfo backup) => Path.Combine(_folder.Path, backup.Key);

    private Task<BackupInfo> BackUpAsync(string uri, RedisBackupMethod method) => _engine.BackupAsync(Options(uri, method), _reporter, Token);

    private BackupOptions Options(string uri, RedisBackupMethod method) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Environment = "test",
        Source = BackupSource.Redis,
        Uri = uri,
        Method = method,
        Compression = CompressionMethod.None,
    };

    private Task<VerificationResult> TestAsync(BackupInfo backup) => _engine.TestAsync(
        new VerificationOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = VerificationDepth.Full }, _reporter, Token);
}

/// <summary>The server of this machine.</summary>
public sealed class RedisScanOfRedisTests() : RedisScanTests(null);

/// <summary>Redis 8.</summary>
public sealed class RedisScanOfRedis8Tests() : RedisScanTests(NewerRedis.FindRedisAsync);

/// <summary>Valkey 9.</summary>
public sealed class RedisScanOfValkeyTests() : RedisScanTests(NewerRedis.FindValkeyAsync);
