using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Restores into real servers, from the backup to the comparison.</summary>
public sealed class RedisRestoreTests : IDisposable
{
    private const string Password = "s3cr3t w0rd";

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_server_gets_every_key()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Password = Password }, Token);
        var backup = await BackUpAsync(source, CompressionMethod.Gzip);

        var result = await RestoreAsync(backup, target, options => options with { Verify = true });

        Assert.Null(result.SafetyBackupKey);
        Assert.Empty(result.Warning);
        Assert.Equal(backup.DocumentCount, result.DocumentCount);
        Assert.Equal(backup.DocumentCount, result.Redis!.ComparedCount);
        Assert.Equal((0, 0, 0, 0), (result.Redis.Replaced.Count, result.Redis.Deleted.Count, result.Redis.Expired.Count, result.Redis.Skipped.Count));
        Assert.Equal(1, result.Redis.FunctionCount);
        Assert.Equal([0, 5], result.Redis.Database.Select(database => database.Index));
        await AssertSameAsync(source, target);
    }

    [Fact]
    public async Task Exact_makes_the_server_equal_to_the_backup_and_its_safety_backup_brings_the_old_state_back()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync(
            "SET string:plain old", "SET extra 1", "SADD stream other", "SELECT 5", "SET extra5 1", "SELECT 7", "SET seven 1", "SET seven2 1",
            "FUNCTION LOAD \"#!lua name=mine\\nredis.register_function('mine', function() return 1 end)\"");
        var backup = await BackUpAsync(source);
        var before = await BackUpAsync(target);

        var plan = await PlanAsync(backup, target);
        Assert.Equal(
            ["Replace db0 3", "Replace db5 1", "Drop db7 2"],
            plan.Action.Select(action => $"{action.Kind} {action.Namespace} {action.LiveCount}"));
        Assert.True(plan.TouchesLiveData);
        Assert.Equal("1", await target.RunAsync("GET extra"));
        var result = await RestoreAsync(backup, target);

        Assert.Equal((2, 4), (result.Redis!.Replaced.Count, result.Redis.Deleted.Count));
        Assert.StartsWith("db0 extra", result.Redis.Deleted.Sample, StringComparison.Ordinal);
        Assert.Equal(["mine"], result.Redis.DeletedFunction);
        Assert.Equal(new RedisRestoredDatabase(7, 2, 0, 0), result.Redis.Database[^1]);
        await AssertSameAsync(source, target);

        var safety = Assert.Single(await ListAsync(), item => item.Key == result.SafetyBackupKey);
        Assert.Equal(backup.Key, safety.Tag["safety"]);
        await RestoreAsync(safety, target, options => options with { Verify = true, NoSafetyBackup = true });
        Assert.Equal(await DigestsAsync(before), await DigestsAsync(await BackUpAsync(target)));
        Assert.Equal("1", await target.RunAsync("FCALL mine 0"));
    }

    [Fact]
    public async Task Merge_keeps_what_the_backup_lacks()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync("SET string:plain old", "SET extra 1", "SELECT 7", "SET seven 1");
        var backup = await BackUpAsync(source);

        var result = await RestoreAsync(backup, target, options => options with { Merge = true, NoSafetyBackup = true });

        Assert.Equal((1, 0), (result.Redis!.Replaced.Count, result.Redis.Deleted.Count));
        Assert.Equal(["value", "1", "OK", "1"], await target.RunAsync("GET string:plain", "GET extra", "SELECT 7", "GET seven"));
        Assert.Null(result.SafetyBackupKey);
    }

    [Fact]
    public async Task Patterns_and_databases_choose_and_leave_everything_else_alone()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync("SET list:extra 1", "SET string:mine 1", "SELECT 5", "SET list:extra5 1", "SELECT 7", "SET list:seven 1");
        var backup = await BackUpAsync(source);

        var result = await RestoreAsync(backup, target, options => options with { KeyPattern = ["list:*", "zset:score[s]"], DatabaseIndex = [5], Verify = true });

        Assert.Equal("db5 list:extra5", result.Redis!.Deleted.Sample);
        Assert.Equal((4, 1, 0), (result.Redis.Restored.Count, result.Redis.Deleted.Count, result.Redis.FunctionCount));
        Assert.Equal(backup.DocumentCount - 4, result.Redis.Skipped.Count);
        Assert.Equal(["2", "OK", "4", "OK", "1"], await target.RunAsync("DBSIZE", "SELECT 5", "DBSIZE", "SELECT 7", "DBSIZE"));
    }

    [Fact]
    public async Task A_database_that_the_backup_lacks_is_a_mistake()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);

        var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => RestoreAsync(backup, source, options => options with { DatabaseIndex = [9] }));

        Assert.Contains("db0, db5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_keys_are_counted_and_do_not_stay()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.RunAsync("SET stays 1", "SET goes 1 PX 1500", "SET goes:too 1 PX 1500");
        var backup = await BackUpAsync(source);
        await source.UntilAsync("EXISTS goes goes:too", "0");
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync("SET goes old");

        var result = await RestoreAsync(backup, target, options => options with { NoSafetyBackup = true });

        Assert.Equal((1, 2, 1), (result.Redis!.Restored.Count, result.Redis.Expired.Count, result.Redis.Deleted.Count));
        Assert.Equal("stays", await target.RunAsync("KEYS *"));
    }

    [Fact]
    public async Task A_user_with_the_least_rights_is_enough_and_a_missing_one_is_named_before_anything_is_written()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        var rights = RedisRightsTests.LineOf("restorer").Split("restorer ")[1];
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync(
            $"ACL SETUSER restorer {rights}", $"ACL SETUSER lacking {rights} -unlink", $"ACL SETUSER narrow {rights.Replace("~*", "~list:*", StringComparison.Ordinal)}");
        await target.RunAsync("SET extra 1");

        var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => RestoreAsAsync("lacking"));
        Assert.Equal("UNLINK", error.Action);
        Assert.IsType<NotAuthorizedException>(await Record.ExceptionAsync(() => RestoreAsAsync("narrow")));
        Assert.Equal("extra", await target.RunAsync("KEYS *"));
        var result = await RestoreAsAsync("restorer");

        Assert.Equal(1, result.Redis!.Deleted.Count);
        await AssertSameAsync(source, target);

        Task<RestoreResult> RestoreAsAsync(string user) => RestoreAsync(
            backup,
            target,
            options => options with { NoSafetyBackup = true, Credential = new System.Net.NetworkCredential(user, "PASSWORD") });
    }

    [Fact]
    public async Task Targets_that_cannot_take_it_are_refused_untouched()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var small = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["databases 3"] }, Token);
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = small.Port }, Token);
        await replica.UntilAsync("INFO replication", "master_link_status:up");
        await using var full = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["maxmemory 1"] }, Token);

        Assert.Contains("database 5", (await Assert.ThrowsAsync<ServerUnsupportedException>(() => RestoreAsync(backup, small))).Message, StringComparison.Ordinal);
        Assert.Contains("replica of 127.0.0.1", (await Assert.ThrowsAsync<ServerUnsupportedException>(() => RestoreAsync(backup, replica))).Message, StringComparison.Ordinal);
        Assert.Contains("maxmemory", (await Assert.ThrowsAnyAsync<BackupException>(() => RestoreAsync(backup, full))).Message, StringComparison.Ordinal);
        Assert.Equal(["0", "0"], [await small.RunAsync("DBSIZE"), await full.RunAsync("DBSIZE")]);
    }

    [Fact]
    public async Task A_server_whose_memory_ends_in_the_middle_keeps_its_marker_and_the_next_restore_says_so()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(20_000, 1000);
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["maxmemory 10mb"] }, Token);

        var error = await Assert.ThrowsAsync<RestoreFailedException>(() => RestoreAsync(backup, target));
        Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
        Assert.Equal("hash", await target.RunAsync($"TYPE {RestoreMarker.Key}"));

        await target.RunAsync("CONFIG SET maxmemory 0");
        var plan = await PlanAsync(backup, target);
        Assert.Contains(plan.Warning, warning => warning.Contains("not finished", StringComparison.Ordinal) && warning.Contains(backup.Key, StringComparison.Ordinal));
        var result = await RestoreAsync(backup, target, options => options with { NoSafetyBackup = true, Verify = true });

        Assert.Equal(20_000, result.Redis!.ComparedCount);
        Assert.Equal("none", await target.RunAsync($"TYPE {RestoreMarker.Key}"));
    }

    [Theory]
    [InlineData("99999999999")]
    [InlineData("-9223372036854775808")]
    public async Task A_sign_of_life_that_the_servers_clock_cannot_have_given_blocks_nobody(string seenAt)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.RunAsync("SET key value");
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync($"HSET {RestoreMarker.Key} id 1 backup earlier scope all seenAt {seenAt} machine elsewhere");

        Assert.Equal(1, (await RestoreAsync(backup, target)).Redis!.Restored.Count);
        Assert.Equal("key", await target.RunAsync("KEYS *"));
    }

    [Fact]
    public async Task A_partial_restore_does_not_hide_that_another_one_was_not_finished()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync($"HSET {RestoreMarker.Key} id 1 backup earlier scope all seenAt 5 machine elsewhere safetyBackup saved");

        Assert.Contains((await BackUpAsync(target)).Warning, warning => warning.Contains(RestoreMarker.Key, StringComparison.Ordinal));
        await RestoreAsync(backup, target, options => options with { KeyPattern = ["list:*"], NoSafetyBackup = true });
        Assert.Equal("earlier", await target.RunAsync($"HGET {RestoreMarker.Key} backup"));
        Assert.Contains((await PlanAsync(backup, target)).Warning, warning => warning.Contains("saved", StringComparison.Ordinal));

        await RestoreAsync(backup, target, options => options with { NoSafetyBackup = true });
        await AssertSameAsync(source, target);
    }

    [Fact]
    public async Task A_restore_that_lives_keeps_others_out()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await target.RunAsync($"EVAL \"return redis.call('HSET', '{RestoreMarker.Key}', 'id', '1', 'backup', 'other', 'machine', 'elsewhere', 'seenAt', redis.call('TIME')[1])\" 0");

        var error = await Assert.ThrowsAsync<RestoreInProgressException>(() => RestoreAsync(backup, target));

        Assert.Contains("elsewhere", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", await target.RunAsync("DBSIZE"));
    }

    [Fact]
    public async Task Other_clients_that_write_all_the_while_are_told_of()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(30_000, 200);
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(target, stop.Token);

        var result = await RestoreAsync(backup, target, options => options with { NoSafetyBackup = true });
        await stop.CancelAsync();
        await writing;

        Assert.Equal(30_000, result.Redis!.Restored.Count);
        Assert.Equal(1000, result.Redis.ComparedCount);
    }

    [Fact]
    public async Task A_safety_backup_that_fails_stops_it_before_anything_is_written()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(
            new RedisServerOptions { AclLines = ["user default on nopass ~* &* +@all -psync -sync -scan"] }, Token);
        await target.RunAsync("SET extra 1");

        await Assert.ThrowsAsync<SafetyBackupFailedException>(() => RestoreAsync(backup, target, options => options with { Merge = true }));

        Assert.Equal("extra", await target.RunAsync("KEYS *"));
    }

    [Fact]
    public async Task Parameters_of_MongoDB_are_refused()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);

        foreach (var wrong in new Func<RestoreOptions, RestoreOptions>[]
        {
            options => options with { Namespace = ["a.b"] }, options => options with { ToDatabase = "x" }, options => options with { InPlace = true },
            options => options with { NoIndex = true }, options => options with { IncludeUsersAndRoles = true }, options => options with { CommitQuorum = "1" },
        })
        {
            var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => RestoreAsync(backup, source, wrong));
            Assert.Contains("backup of Redis", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cluster_is_restored_exactly_from_a_plain_server_and_from_another_cluster()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.RunAsync([.. Enumerable.Range(0, 300).Select(number => $"SET key:{number} value:{number}")]);
        var plain = await BackUpAsync(source);
        await using var one = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await using var two = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await RedisCluster.FormAsync(one, two);
        var extra = Enumerable.Range(0, 100).Select(number => $"SET extra:{number} x").ToArray();
        await one.RunAsync(extra);
        await two.RunAsync(extra);

        var first = await RestoreAsync(plain, one, options => options with { NoSafetyBackup = true, Verify = true });
        var cluster = await BackUpAsync(two);
        await one.RunAsync(extra);
        var second = await RestoreAsync(cluster, two, options => options with { Verify = true });

        Assert.Equal((300, 100, 300), (first.Redis!.Restored.Count, first.Redis.Deleted.Count, first.Redis.ComparedCount));
        Assert.Equal((300, 300, 300), (second.Redis!.Restored.Count, second.Redis.Replaced.Count, second.Redis.ComparedCount));
        Assert.True(second.Redis.Deleted.Count > 0);
        Assert.NotNull(second.SafetyBackupKey);
        Assert.Equal(300, int.Parse(await one.RunAsync("DBSIZE"), Invariant) + int.Parse(await two.RunAsync("DBSIZE"), Invariant));
        await using var many = await FilledAsync();
        var backup = await BackUpAsync(many);
        Assert.Contains("db5", (await Assert.ThrowsAsync<ServerUnsupportedException>(() => RestoreAsync(backup, one))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_safety_backup_is_read_key_by_key_where_replication_is_refused()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["rename-command PSYNC \"\"", "rename-command SYNC \"\""] }, Token);
        await target.RunAsync("SET extra 1");

        var result = await RestoreAsync(backup, target);

        var safety = Assert.Single(await ListAsync(), item => item.Key == result.SafetyBackupKey);
        Assert.Equal((RedisBackupMethod.Scan, 1L), (safety.Manifest!.Redis!.Method, safety.DocumentCount!.Value));
    }

    [Fact]
    public async Task A_key_that_was_changed_behind_its_back_is_named()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await RestoreAsync(backup, target);
        await target.RunAsync("RPUSH list:long more", "DEL set:16", "PERSIST string:plain", "EXPIRE set:32 1000");
        var comparison = new ValueComparison(
            await RedisRestoreTarget.OpenAsync(RedisUri.Parse(target.Uri), new RedisConnectionOptions(), _reporter, TimeProvider.System, Token), new RedisConnectionOptions(), TimeProvider.System);
        await using (comparison)
        {
            await using var rdb = File.OpenRead(Path.Combine(_folder.Path, backup.Key));
            using var progress = new OperationProgress(_reporter, TimeProvider.System, "test", null);
            using var part = progress.Begin("test", null);
            await comparison.CompareAsync(rdb, "test", new KeySelection([], []), 0, TimeSpan.Zero, part, Token);

            Assert.Equal((4, backup.DocumentCount!.Value - 4), (comparison.DifferenceCount, comparison.EqualCount));
            foreach (var difference in new[] { "list:long\" has another value", "set:16\" is missing", "string:plain\" never expires", "set:32\" expires, and does not" })
            {
                Assert.Contains(difference, comparison.Differences, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_damaged_backup_fails_and_the_server_says_what_it_holds()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        var path = Path.Combine(_folder.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), Token);

        var error = await Assert.ThrowsAsync<RestoreFailedException>(() => RestoreAsync(backup, target));

        Assert.Contains("holds a part of the backup", error.Message, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(RedisServer server, CancellationToken cancellationToken)
    {
        for (var round = 0; !cancellationToken.IsCancellationRequested; round++)
        {
            await server.RunAsync($"SET written:{round % 1000} {round} EX 1", $"SADD members {round}");
        }
    }

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        SampleKeys.Fill(client, small: true);
        return server;
    }

    private async Task AssertSameAsync(RedisServer expected, RedisServer actual) =>
        Assert.Equal(await DigestsAsync(await BackUpAsync(expected)), await DigestsAsync(await BackUpAsync(actual)));

    private async Task<IReadOnlyList<string>> DigestsAsync(BackupInfo backup)
    {
        await using var rdb = File.OpenRead(Path.Combine(_folder.Path, backup.Key));
        var summary = await RdbReader.RunAsync(rdb, backup.Key, reader => RdbSummary.Read(reader, withDigest: true, Token), Token);
        return [.. summary.Databases.Values.Select(database => $"{database.Database} {database.Keys} {database.Digest}")];
    }

    private Task<BackupInfo> BackUpAsync(RedisServer server, CompressionMethod compression = CompressionMethod.None) => _engine.BackupAsync(
        new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Environment = "test",
            Source = BackupSource.Redis,
            Uri = server.Uri,
            Compression = compression,
        },
        _reporter,
        Token);

    private Task<RestoreResult> RestoreAsync(BackupInfo backup, RedisServer target, Func<RestoreOptions, RestoreOptions>? change = null) =>
        _engine.RestoreAsync((change ?? (options => options))(Options(backup, target)), _reporter, Token);

    private Task<RestorePlan> PlanAsync(BackupInfo backup, RedisServer target) => _engine.PlanRestoreAsync(Options(backup, target), _reporter, Token);

    private RestoreOptions Options(BackupInfo backup, RedisServer target) =>
        new() { WorkingDirectory = _folder.Path, Destination = _folder.Path, Environment = "test", Backup = backup, Uri = target.Uri };

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
