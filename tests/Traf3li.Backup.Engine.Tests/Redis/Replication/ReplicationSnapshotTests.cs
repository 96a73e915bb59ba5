using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;

namespace Traf3li.Backup.Engine.Tests.Redis.Replication;

public sealed class ReplicationSnapshotTests : IAsyncDisposable
{
    private const string Marker = "fedcba9876543210fedcba9876543210fedcba98";
    private const string FullResync = "+FULLRESYNC 8de1787ba490483314a4d30f1c628bc5025eb761 4711\r\n";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly string Rdb = "REDIS0010" + new string('\xFA', 300_000);

    private readonly FakeRedis _server = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_framings_with_newlines_before_and_commands_behind(bool marked)
    {
        _server.Answer("PSYNC", "\n\n" + FullResync + "\n\r\n\n" + (marked ? $"$EOF:{Marker}\r\n{Rdb}{Marker}" : $"${Rdb.Length}\r\n{Rdb}") + "*1\r\n$4\r\nPING\r\n");
        await using var snapshot = await OpenAsync();
        Assert.Equal(("8de1787ba490483314a4d30f1c628bc5025eb761", 4711), (snapshot.ReplicationId, snapshot.Offset));
        Assert.Equal(marked ? (ReplicationFraming.Marker, null) : (ReplicationFraming.Length, (long?)Rdb.Length), (snapshot.Framing, snapshot.Length));
        Assert.Equal(("redis", "7.0.15", true), (snapshot.ServerKind, snapshot.ServerVersion, snapshot.IsRdbOnly));
        Assert.False(snapshot.IsComplete);
        Assert.Equal(Rdb, await ReadAsync(snapshot));
        Assert.True(snapshot.IsComplete);
        Assert.Equal(Rdb.Length, snapshot.BytesRead);
        Assert.Equal(0, await snapshot.Rdb.ReadAsync(new byte[10]));
        Assert.Equal(["PING", "INFO server", "REPLCONF capa eof capa psync2", "REPLCONF rdb-only 1", "PSYNC ? -1"], _server.Commands);
    }

    [Theory]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\n", "9.1.2")]
    [InlineData(null, "255.255.255")]
    public async Task Valkey_is_told_that_we_are_as_new(string? info, string version)
    {
        if (info is null)
        {
            _server.Answer("INFO", "-NOPERM no\r\n");
        }
        else
        {
            _server.AnswerInfo(info);
        }

        _server.Answer("PSYNC", FullResync + "$3\r\nRDB");
        await using var snapshot = await OpenAsync();
        Assert.Contains($"REPLCONF version {version}", _server.Commands);
        Assert.Equal(info is null ? null : version, snapshot.ServerVersion);
    }

    [Fact]
    public async Task Sync_where_psync_is_unknown()
    {
        _server.Answer("REPLCONF", "-ERR Unrecognized REPLCONF option: rdb-only\r\n");
        _server.Answer("SYNC", $"\n\n$3\r\nRDBtrailing");
        await using var snapshot = await OpenAsync();
        Assert.Equal((null, null, false), (snapshot.ReplicationId, snapshot.Offset, snapshot.IsRdbOnly));
        Assert.Equal("RDB", await ReadAsync(snapshot));
    }

    [Theory]
    [InlineData("-ERR unknown command `PSYNC`, with args beginning with: `?`, `-1`, \r\n")]
    [InlineData("-ERR unknown command 'psync'\r\n")]
    [InlineData("-ERR Command is not allowed\r\n")]
    [InlineData("-ERR 'PSYNC' command is disabled on this service\r\n")]
    public async Task A_service_that_blocks_replication(string answer)
    {
        _server.Answer("PSYNC", answer);
        var error = await Assert.ThrowsAsync<ReplicationRefusedException>(OpenAsync);
        Assert.Contains(answer[5..].Split(',')[0].Trim(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PING", "-NOAUTH Authentication required.", "AuthenticationFailed", "none was given")]
    [InlineData("PING", "-LOADING Redis is loading the dataset in memory", "ServerFailed", "still loading")]
    [InlineData("PING", "-ERR max number of clients reached", "ServerUnreachable", "max number of clients")]
    [InlineData("REPLCONF", "-NOPERM this user has no permissions to run the 'replconf' command", "NotAuthorized", "REPLCONF")]
    [InlineData("PSYNC", "-NOPERM this user has no permissions to run the 'psync' command", "NotAuthorized", "PSYNC")]
    [InlineData("PSYNC", "-NOMASTERLINK Can't SYNC while not connected with my master", "ServerFailed", "no link to its primary")]
    [InlineData("PSYNC", "-MASTERDOWN Link with MASTER is down", "ServerFailed", "no link to its primary")]
    [InlineData("PSYNC", "-LOADING Redis is loading the dataset in memory", "ServerFailed", "still loading")]
    [InlineData("PSYNC", "-ERR BGSAVE failed, replication can't continue", "ServerFailed", "could not fork")]
    [InlineData("PSYNC", "+FULLRESYNC id 1\r\n-ERR BGSAVE failed, replication can't continue", "ServerFailed", "could not fork")]
    [InlineData("PSYNC", "-ERR something else", "ServerFailed", "something else")]
    [InlineData("PSYNC", "+CONTINUE", "ServerUnreachable", "PSYNC")]
    [InlineData("PSYNC", "+FULLRESYNC id", "ServerUnreachable", "PSYNC")]
    [InlineData("PSYNC", "+FULLRESYNC id x", "ServerUnreachable", "PSYNC")]
    [InlineData("PSYNC", "+FULLRESYNC id 1\r\n$-1", "ServerUnreachable", "header")]
    [InlineData("PSYNC", "+FULLRESYNC id 1\r\n$99999999999999999999", "ServerUnreachable", "header")]
    [InlineData("PSYNC", "+FULLRESYNC id 1\r\n$EOF:short", "ServerUnreachable", "header")]
    [InlineData("PSYNC", "+FULLRESYNC id 1\r\n:1", "ServerUnreachable", "header")]
    public async Task What_a_server_may_say_instead(string command, string answer, string id, string reason)
    {
        _server.Answer(command, answer + "\r\n");
        var error = await Assert.ThrowsAnyAsync<BackupException>(OpenAsync);
        Assert.Equal(id, error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(_server.Node.Endpoint.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REPLCONF", "+replconf")]
    [InlineData("PSYNC", "+psync")]
    public async Task A_missing_right_is_named(string command, string right)
    {
        _server.Answer(command, "-NOPERM no\r\n");
        var error = await Assert.ThrowsAsync<NotAuthorizedException>(OpenAsync);
        Assert.Contains(right, error.Recommendation, StringComparison.Ordinal);
        Assert.Equal(command, error.Action);
    }

    [Fact]
    public async Task A_wrong_password_is_not_told()
    {
        _server.Answer("AUTH", "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        var error = await Assert.ThrowsAsync<AuthenticationFailedException>(
            () => OpenAsync(_server.Node with { UserName = "anna", Password = "secret" }, new ReplicationOptions()));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("AUTH anna secret", _server.Commands);
    }

    [Theory]
    [InlineData("-ERR unknown command `AUTH`, with args beginning with: `anna`, `secret`, \r\n")]
    [InlineData("-ERR what is secret\u001b[31m?\r\n")]
    public async Task A_server_that_repeats_the_password(string answer)
    {
        _server.Answer("AUTH", answer);
        var error = await Assert.ThrowsAsync<AuthenticationFailedException>(
            () => OpenAsync(_server.Node with { UserName = "anna", Password = "secret" }, new ReplicationOptions()));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Theory]
    [InlineData("-ERR max number of clients reached\r\n", "max number of clients")]
    [InlineData("-DENIED Redis is running in protected mode because no password is set\r\n", "protected mode")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "protocol")]
    [InlineData("", "rediss://")]
    public async Task A_server_that_closes_at_once(string greeting, string reason)
    {
        await using var server = new FakeRedis { Greeting = greeting };
        var error = await Assert.ThrowsAsync<ServerUnreachableException>(() => OpenAsync(server.Node, new ReplicationOptions()));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$1000\r\nREDIS", "after 5 of 1000 bytes")]
    [InlineData("$9223372036854775807\r\nREDIS", "after 5 of 9223372036854775807 bytes")]
    [InlineData("$EOF:" + Marker + "\r\nREDIS" + Marker + "end", null)]
    [InlineData("$EOF:" + Marker + "\r\nREDIS0010 and more than a marker is long, so that some come through", "whose end was not marked")]
    public async Task A_connection_that_closes_early(string sent, string? reason)
    {
        _server.Answer("PSYNC", async (stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(FullResync + sent), token);
            await FakeRedis.CloseAsync();
        });
        await using var snapshot = await OpenAsync();
        if (reason is null)
        {
            Assert.Equal("REDIS", await ReadAsync(snapshot));
            return;
        }

        var error = await Assert.ThrowsAsync<ServerFailedException>(() => ReadAsync(snapshot));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("rdb_last_bgsave_status:ok", error.Message, StringComparison.Ordinal);
        Assert.False(snapshot.IsComplete);
    }

    [Theory]
    [InlineData("rdb_last_bgsave_status:err\r\n", "save failed")]
    [InlineData("uptime_in_seconds:0\r\nrdb_last_bgsave_status:ok\r\n", "not saving")]
    [InlineData("loading:1\r\nloading_loaded_perc:12\r\n", "loading:1, 12 %")]
    public async Task A_connection_that_closes_before_the_rdb(string info, string reason)
    {
        _server.AnswerInfo(info);
        _server.Answer("PSYNC", async (stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(FullResync + "\n"), token);
            await FakeRedis.CloseAsync();
        });
        var error = await Assert.ThrowsAsync<ServerFailedException>(OpenAsync);
        Assert.Contains("before the RDB began", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_output_buffer_limit_is_told_with_its_value()
    {
        _server.Answer("REPLCONF rdb-only", "-ERR Unrecognized REPLCONF option: rdb-only\r\n");
        _server.Answer("CONFIG", "*2\r\n$1\r\nx\r\n$30\r\nnormal 0 0 0 slave 1048576 0 0\r\n");
        _server.Answer("PSYNC", async (stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(FullResync + "$1000\r\nREDIS"), token);
            await FakeRedis.CloseAsync();
        });
        await using var snapshot = await OpenAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => ReadAsync(snapshot));
        Assert.Contains("passes 1.0 MB (client-output-buffer-limit replica)", error.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG SET client-output-buffer-limit", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_line()
    {
        _server.Answer("PSYNC", async (stream, token) =>
        {
            var line = Encoding.Latin1.GetBytes(new string('A', 100_000));
            while (true)
            {
                await stream.WriteAsync(line, token);
            }
        });
        Assert.Contains("line", (await Assert.ThrowsAsync<ServerUnreachableException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_but_newlines()
    {
        _server.AnswerInfo("rdb_bgsave_in_progress:1\r\nrdb_current_bgsave_time_sec:77\r\n");
        _server.Answer("PSYNC", async (stream, token) =>
        {
            while (true)
            {
                await stream.WriteAsync("\n"u8.ToArray(), token);
                await Task.Delay(10, token);
            }
        });
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => OpenAsync(_server.Node, new ReplicationOptions { ForkTimeout = Short }));
        Assert.Contains("saving for 77 s", error.Message, StringComparison.Ordinal);
        Assert.Equal("0.3 s (REDIS_FORK_TIMEOUT)", error.Limit);
        Assert.Contains("-ForkTimeout", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_before_the_rdb_and_within()
    {
        _server.Answer("PSYNC", FullResync);
        var options = new ReplicationOptions { IdleTimeout = Short };
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => OpenAsync(_server.Node, options));
        Assert.Contains("after 0 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("it is not saving", error.Message, StringComparison.Ordinal);

        _server.Answer("PSYNC", FullResync + "$1000\r\nREDIS");
        await using var snapshot = await OpenAsync(_server.Node, options);
        error = await Assert.ThrowsAsync<OperationTimedOutException>(() => ReadAsync(snapshot));
        Assert.Contains("after 5 of 1000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal("0.3 s (REDIS_IDLE_TIMEOUT)", error.Limit);
    }

    [Fact]
    public async Task The_whole_takes_too_long()
    {
        _server.Answer("PSYNC", async (stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(FullResync + "$1000000\r\n"), token);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), token);
                await Task.Delay(10, token);
            }
        });
        await using var snapshot = await OpenAsync(_server.Node, new ReplicationOptions { OverallTimeout = Short });
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => ReadAsync(snapshot));
        Assert.Contains("of 1000000 bytes so far", error.Message, StringComparison.Ordinal);
        Assert.Equal("0.3 s (REDIS_BACKUP_TIMEOUT)", error.Limit);
    }

    [Fact]
    public async Task A_server_that_says_nothing_to_a_command()
    {
        _server.Answer("PING", "");
        var options = new ReplicationOptions { Connection = new RedisConnectionOptions { CommandTimeout = Short } };
        Assert.StartsWith("PING on", (await Assert.ThrowsAsync<OperationTimedOutException>(() => OpenAsync(_server.Node, options))).Operation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_reader_is_no_idle_server()
    {
        _server.Answer("PSYNC", FullResync + $"$3\r\nRDB");
        await using var snapshot = await OpenAsync(_server.Node, new ReplicationOptions { IdleTimeout = Short });
        await Task.Delay(Short * 3);
        Assert.Equal("RDB", await ReadAsync(snapshot));
    }

    [Fact]
    public async Task Cancellation_of_the_wait_and_of_a_read()
    {
        using var stop = new CancellationTokenSource();
        _server.Answer("PSYNC", (_, _) => stop.CancelAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ReplicationSnapshot.OpenAsync(_server.Node, new ReplicationOptions(), TimeProvider.System, stop.Token));

        using var stopRead = new CancellationTokenSource();
        _server.Answer("PSYNC", FullResync + "$1000\r\nREDIS");
        await using var snapshot = await OpenAsync();
        var buffer = new byte[5];
        await snapshot.Rdb.ReadExactlyAsync(buffer);
        var pending = Task.Run(() => snapshot.Rdb.ReadAsync(buffer, stopRead.Token).AsTask());
        await stopRead.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
        Assert.Equal(stopRead.Token, error.CancellationToken);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task<ReplicationSnapshot> OpenAsync(RedisNode node, ReplicationOptions options) =>
        ReplicationSnapshot.OpenAsync(node, options, TimeProvider.System, CancellationToken.None);

    private static async Task<string> ReadAsync(ReplicationSnapshot snapshot)
    {
        var read = new MemoryStream();
        await snapshot.Rdb.CopyToAsync(read);
        return Encoding.Latin1.GetString(read.ToArray());
    }

    private Task<ReplicationSnapshot> OpenAsync() => OpenAsync(_server.Node, new ReplicationOptions());
}
