using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Every type in every encoding, into real servers, by RESTORE and by the commands that rebuild values.</summary>
public abstract class RestoreTests(Func<CancellationToken, Task<string>>? find) : OneServerTests(find)
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task What_a_server_has_comes_back(bool small, bool rebuild)
    {
        SampleKeys.Fill(Client, small);
        var rdb = RestoreCheck.Save(Server, Client);
        Client.Run("FLUSHALL");
        Client.Run("FUNCTION", "FLUSH");
        var counts = await RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild));
        AssertSame(rdb, rebuild, counts);
        Assert.Equal(42L, Client.Run("FCALL", "answer", 0));
        Assert.Equal((1, 0), (counts.Functions, counts.Replaced.Count));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task What_Redis_7_has_comes_back(bool small, bool rebuild)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small);
        var rdb = RestoreCheck.Save(source, client);
        AssertSame(rdb, rebuild, await RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_corpus_comes_back(bool rebuild)
    {
        var folder = SharedFolder.Find("corpus/rdb");
        Assert.SkipWhen(folder is null, "the corpus of RDB files is not beside the repository (shared/corpus/rdb)");
        foreach (var path in Directory.GetFiles(folder!, "*.rdb"))
        {
            var rdb = await File.ReadAllBytesAsync(path, Token);
            Client.Run("FLUSHALL");
            if (Path.GetFileName(path) == "redis_40_with_module.rdb")
            {
                // It was taken from a replication, with the marker of 40 bytes that ends it.
                rdb = rdb[..^40];
                var refused = await Assert.ThrowsAsync<ServerFailedException>(() => RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild)));
                Assert.Contains("RESTORE of db0 foo", refused.Message, StringComparison.Ordinal);
                continue;
            }

            try
            {
                var counts = await RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild));
                AssertSame(rdb, rebuild, counts);
            }
            catch (ServerUnsupportedException refused) when (Path.GetFileName(path) == "hash_with_hfe.rdb" && Program is null)
            {
                Assert.Contains("fields of hashes cannot expire", refused.Message, StringComparison.Ordinal);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{path}: {error}");
            }
        }
    }

    [Fact]
    public async Task Keys_are_counted_with_a_sample()
    {
        Client.Run("SET", "old", "1");
        Client.Run("SELECT", 3);
        Client.Run("RPUSH", "list", "a", "b");
        Client.Run("SELECT", 0);
        Client.Run("SET", "soon", "1", "PXAT", SampleKeys.ExpiresAt);
        Client.Run("SET", "unwanted", "1");
        var rdb = RestoreCheck.Save(Server, Client);
        Client.Run("FLUSHALL");
        Client.Run("SET", "old", "another");
        Client.Run("SET", "unwanted", "mine");
        Client.Run("SET", "mine", "mine");
        var done = new List<string>();
        var counts = await RestoreCheck.RestoreAsync(rdb, Server, new RedisRestoreRequest
        {
            Takes = (_, key) => !key.SequenceEqual("unwanted"u8),
            KeyDone = (reader, expired) => done.Add($"{KeyTally.Name(reader.Database, reader.Key)} {expired}"),
            ClockOffset = DateTimeOffset.FromUnixTimeMilliseconds(SampleKeys.ExpiresAt) - TimeProvider.System.GetUtcNow(),
        });
        Assert.Equal("2", counts.Restored.ToString()[..1]);
        Assert.Equal(new RedisKeyCount(1, "db0 old"), counts.Replaced);
        Assert.Equal(new RedisKeyCount(1, "db0 soon"), counts.Expired);
        Assert.Equal(new RedisKeyCount(1, "db0 unwanted"), counts.Skipped);
        Assert.Equal(0, counts.Rebuilt.Count);
        Assert.Empty(counts.Warnings());
        Assert.Equal(["db0 old False", "db0 soon True", "db3 list False"], done.Order(StringComparer.Ordinal));
        Assert.Equal(["1", "mine", "mine", null], new[] { "old", "unwanted", "mine", "soon" }.Select(key => (string?)Client.Run("GET", key)));
    }

    [Fact]
    public async Task What_was_there_is_replaced_by_what_is_rebuilt()
    {
        SampleKeys.Fill(Client, small: true);
        var rdb = RestoreCheck.Save(Server, Client);
        var keys = RestoreCheck.Digests(rdb).Count;
        Client.Run("RPUSH", "list:numbers", "more");
        Client.Run("DEL", "hash:short");
        Client.Run("SET", "hash:short", "another type", "EX", 1000);
        var counts = await RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild: true));
        AssertSame(rdb, rebuild: true, counts);
        Assert.Equal((keys, keys), (counts.Rebuilt.Count, counts.Replaced.Count));
    }

    [Fact]
    public async Task Pending_entries_that_are_in_no_stream_are_counted()
    {
        for (var index = 1; index <= 5; index++)
        {
            Client.Run("XADD", "stream", $"1-{index}", "a", "b");
        }

        Client.Run("XGROUP", "CREATE", "stream", "group", "0");
        Client.Run("XREADGROUP", "GROUP", "group", "one", "STREAMS", "stream", ">");
        Client.Run("XDEL", "stream", "1-2", "1-4");
        var rdb = RestoreCheck.Save(Server, Client);
        var counts = await RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild: true));
        Assert.Equal((new RedisKeyCount(1, "db0 stream"), 2L), (counts.WithoutPendingEntries, counts.LostPendingEntries));
        Assert.Equal(new RedisKeyCount(1, "db0 stream"), counts.WithoutConsumerTimes);
        Assert.Equal(2, counts.Warnings().Count);
        Assert.Equal(3L, ((object?[])Client.Run("XPENDING", "stream", "group")!)[0]);

        // As it is, it keeps them.
        Assert.Equal(0, (await RestoreCheck.RestoreAsync(rdb, Server)).LostPendingEntries);
        Assert.Equal(5L, ((object?[])Client.Run("XPENDING", "stream", "group")!)[0]);
    }

    [Fact]
    public async Task A_full_server_says_so()
    {
        await Server.FillAsync(3000, 2000);
        var rdb = RestoreCheck.Save(Server, Client);
        Client.Run("FLUSHALL");
        Client.Run("CONFIG", "SET", "maxmemory", "3mb");
        var full = await Assert.ThrowsAsync<ServerFailedException>(() => RestoreCheck.RestoreAsync(rdb, Server));
        Assert.Contains("maxmemory", full.Message, StringComparison.Ordinal);
        Assert.Contains("RESTORE of db0 key:", full.Message, StringComparison.Ordinal);
        var rebuilding = await Assert.ThrowsAsync<ServerFailedException>(() => RestoreCheck.RestoreAsync(rdb, Server, Request(rebuild: true)));
        Assert.Contains("SET of db0 key:", rebuilding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_the_server_dies_and_when_it_is_told_to(bool dies)
    {
        await Server.FillAsync(20_000, 2000);
        var rdb = RestoreCheck.Save(Server, Client);
        Client.Run("FLUSHALL");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var ended = Task.CompletedTask;
        var half = rdb.Length / 2;
        await using var stream = new StopAt(rdb, half, () => ended = dies ? Server.KillAsync() : stop.CancelAsync());
        var restore = RestoreCheck.RestoreAsync(stream, Server, null, null, stop.Token);
        if (dies)
        {
            await Assert.ThrowsAsync<ServerUnreachableException>(() => restore);
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restore);
            Assert.InRange((long)Client.Run("DBSIZE")!, 1, 19_999);
        }

        await ended;
    }

    [Fact]
    public async Task A_missing_right_is_named()
    {
        Client.Run("RPUSH", "list", "a");
        var rdb = RestoreCheck.Save(Server, Client);
        await using var limited = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = Program, AclLines = ["user default on nopass ~* &* +@all -restore -rpush"] });
        var missing = await Assert.ThrowsAsync<NotAuthorizedException>(() => RestoreCheck.RestoreAsync(rdb, limited));
        Assert.Contains("+restore", missing.Recommendation, StringComparison.Ordinal);
        missing = await Assert.ThrowsAsync<NotAuthorizedException>(() => RestoreCheck.RestoreAsync(rdb, limited, Request(rebuild: true)));
        Assert.Contains("+rpush", missing.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_is_an_error_and_nothing_hangs(bool rebuild)
    {
        Client.Run("RPUSH", "list", "a", "b", 1000);
        Client.Run("HSET", "hash", "field", "value", "number", 5);
        Client.Run("ZADD", "zset", "1.5", "a", "inf", "b");
        Client.Run("SADD", "set", "1", "2", "x");
        Client.Run("XADD", "stream", "1-1", "a", "b");
        Client.Run("XADD", "stream", "1-2", "a", "b", "c", "d");
        Client.Run("XGROUP", "CREATE", "stream", "group", "0");
        Client.Run("XREADGROUP", "GROUP", "group", "one", "STREAMS", "stream", ">");
        Client.Run("SET", "string", "value", "PXAT", SampleKeys.ExpiresAt);
        var rdb = RestoreCheck.Save(Server, Client);
        var first = rdb.AsSpan().IndexOf((byte)0xFB);
        for (var position = first; position < rdb.Length; position += 3)
        {
            Client.Run("FLUSHALL");
            var damaged = rdb.ToArray();
            damaged[position] ^= (byte)(1 << (position % 8));
            var error = await Record.ExceptionAsync(() => RestoreCheck.RestoreAsync(damaged, Server, Request(rebuild)));
            Assert.True(error is BackupException, $"byte {position}: {error}");
        }

        Assert.Equal("PONG", Client.Run("PING"));
    }

    [Fact]
    public async Task It_speaks_TLS()
    {
        using var folder = new TemporaryFolder();
        var certificates = new TestCertificates(folder.Path);
        await using var secure = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Tls = certificates, Password = "word" });
        await Server.FillAsync(5000, 3000);
        var rdb = RestoreCheck.Save(Server, Client);
        var counts = await RestoreCheck.RestoreAsync(rdb, secure);
        Assert.Equal(5000, counts.Restored.Count);
        Assert.Equal("5000", await secure.RunAsync("DBSIZE"));
    }

    private static RedisRestoreRequest Request(bool rebuild) => rebuild ? new RedisRestoreRequest { LongestPayload = 0 } : new RedisRestoreRequest();

    private void AssertSame(byte[] rdb, bool rebuild, RedisRestoreCounts counts)
    {
        var expected = RestoreCheck.Digests(rdb);
        var now = RestoreCheck.Save(Server, Client);
        var actual = RestoreCheck.Digests(now);
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Equal([], expected.Keys.Where(key => expected[key] != actual[key]));
        Assert.Equal(expected.Count, counts.Restored.Count);
        Assert.Equal(rebuild ? expected.Count : counts.Rebuilt.Count, counts.Rebuilt.Count);
        var streams = RestoreCheck.StreamFacts(rdb);
        if (streams.Values.All(facts => !facts.Contains("  ", StringComparison.Ordinal)))
        {
            Assert.Equal(streams, RestoreCheck.StreamFacts(now));
        }
    }

    /// <summary>Does something when a part of it was read.</summary>
    private sealed class StopAt(byte[] bytes, long position, Action action) : MemoryStream(bytes)
    {
        private bool _done;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_done && Position >= position)
            {
                _done = true;
                action();
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}

/// <summary>The machine's own redis-server.</summary>
public sealed class RestoreIntoRedis7Tests() : RestoreTests(null);

/// <summary>Redis 8, whose hashes have fields that expire.</summary>
public sealed class RestoreIntoRedis8Tests() : RestoreTests(NewerRedis.FindRedisAsync);

/// <summary>Valkey 9, which takes few of Redis's payloads.</summary>
public sealed class RestoreIntoValkey9Tests() : RestoreTests(NewerRedis.FindValkeyAsync);
