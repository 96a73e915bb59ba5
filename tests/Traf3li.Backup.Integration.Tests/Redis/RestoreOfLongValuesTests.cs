using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Values of tens of megabytes, which are rebuilt in pieces.</summary>
[Collection(MemoryCollection.Name)]
public sealed class RestoreOfLongValuesTests
{
    private const string Lua = """
        math.randomseed(7)
        local function text(n, i) local t = {} for k = 1, n / 8 do t[k] = string.format('%08x', math.random(0, 2147483647)) end return i .. ':' .. table.concat(t) end
        for i = 1, 8 do redis.call('APPEND', 'string', text(4000000, i)) end
        for i = 1, 30000 do
          local s = text(800, i)
          redis.call('RPUSH', 'list', s) redis.call('SADD', 'set', s) redis.call('HSET', 'hash', s, s) redis.call('ZADD', 'zset', i * 1.1, s)
          redis.call('XADD', 'stream', i .. '-1', 'field', s)
        end
        local long = text(3000000, 0)
        redis.call('RPUSH', 'list', long, 'x', long .. '2', '') redis.call('SADD', 'set', long, long .. '2') redis.call('HSET', 'hash', long, 'short', 'short', long, long .. '2', long)
        redis.call('ZADD', 'zset', '-inf', long, '0.1', long .. '2') redis.call('XADD', 'stream', '90000-1', long, long)
        redis.call('XGROUP', 'CREATE', 'stream', 'group', '0') redis.call('XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', '20000', 'STREAMS', 'stream', '>')
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_type_comes_back_in_bounded_memory(bool longStreams)
    {
        await using var source = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["lua-time-limit 60000", "rdbcompression no"] });
        using var client = await RespTestClient.ConnectAsync(source);
        client.Run("EVAL", Lua.ReplaceLineEndings(" "), 0);
        client.Run("PEXPIREAT", "list", SampleKeys.ExpiresAt);
        client.Save();
        var path = Path.Combine(source.Folder, "data", "dump.rdb");
        Assert.True(new FileInfo(path).Length > 150 << 20);
        await using var target = await RedisServer.StartOrSkipAsync();

        // A stream is rebuilt only where servers take no argument of its length.
        var request = longStreams ? new RedisRestoreRequest { LongestStream = 20 << 20 } : new RedisRestoreRequest();
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        await using (var file = new Watched(path, () => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before)))
        {
            var counts = await RestoreCheck.RestoreAsync(file, target, request, null, TestContext.Current.CancellationToken);
            Assert.Equal((6, longStreams ? 6 : 5), (counts.Restored.Count, counts.Rebuilt.Count));
        }

        Assert.InRange(most, 0, 100L << 20);
        using var restored = await RespTestClient.ConnectAsync(target);
        restored.Save();
        Assert.Equal(Summarize(path), Summarize(Path.Combine(target.Folder, "data", "dump.rdb")));
    }

    [Fact]
    public async Task Fields_that_expire_come_back_with_long_names_and_values()
    {
        string program;
        try
        {
            program = await NewerRedis.FindRedisAsync(TestContext.Current.CancellationToken);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            return;
        }

        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = program });
        using var client = await RespTestClient.ConnectAsync(server);
        foreach (var name in new[] { "short", new string('n', 40_000) })
        {
            foreach (var value in new[] { "value", new string('v', 2_000_000) })
            {
                var field = $"{name} of {value.Length}";
                client.Run("HSET", "hash", field, value, field + " for ever", value);
                client.Run("HPEXPIREAT", "hash", SampleKeys.ExpiresAt + name.Length + value.Length, "FIELDS", 1, field);
            }
        }

        var rdb = RestoreCheck.Save(server, client);
        client.Run("FLUSHALL");
        await RestoreCheck.RestoreAsync(rdb, server, new RedisRestoreRequest { LongestPayload = 1 });
        Assert.Equal(RestoreCheck.Digests(rdb), RestoreCheck.Digests(RestoreCheck.Save(server, client)));
    }

    [Fact]
    public async Task A_long_stream_keeps_pending_entries_that_it_no_longer_has()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        foreach (var number in Enumerable.Range(1, 40))
        {
            client.Run("XADD", "stream", $"{number}-1", "field", new string((char)('a' + (number % 20)), 4000) + number);
        }

        client.Run("XGROUP", "CREATE", "stream", "group", "0");
        client.Run("XREADGROUP", "GROUP", "group", "one", "STREAMS", "stream", ">");
        client.Run("XTRIM", "stream", "MAXLEN", 30);
        var rdb = RestoreCheck.Save(server, client);
        client.Run("FLUSHALL");
        var counts = await RestoreCheck.RestoreAsync(rdb, server, new RedisRestoreRequest { LongestPayload = 100 });
        Assert.Equal((0, 0L), (counts.Rebuilt.Count, counts.LostPendingEntries));
        Assert.Equal(RestoreCheck.Digests(rdb), RestoreCheck.Digests(RestoreCheck.Save(server, client)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2000)]
    public async Task A_value_of_a_module_comes_back(int vectors)
    {
        string program;
        try
        {
            program = await NewerRedis.FindRedisAsync(TestContext.Current.CancellationToken);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
            return;
        }

        // The longer one has more than 1 MiB, and goes through a file.
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = program });
        using var client = await RespTestClient.ConnectAsync(server);
        foreach (var number in Enumerable.Range(1, vectors))
        {
            client.Run(["VADD", "vectors", "VALUES", "200", .. Enumerable.Range(1, 200).Select(part => (object)(number % (part + 7))), $"element {number}", "NOQUANT"]);
        }

        client.Run("PEXPIREAT", "vectors", SampleKeys.ExpiresAt);
        var rdb = RestoreCheck.Save(server, client);
        Assert.Equal(vectors > 1000, rdb.Length > 1 << 20);
        client.Run("FLUSHALL");
        var counts = await RestoreCheck.RestoreAsync(rdb, server, new RedisRestoreRequest { LongestPayload = 1 });
        Assert.Equal((1, 0), (counts.Restored.Count, counts.Rebuilt.Count));
        Assert.Equal((long)vectors, client.Run("VCARD", "vectors"));
        Assert.Equal(SampleKeys.ExpiresAt, client.Run("PEXPIRETIME", "vectors"));
    }

    private static RdbDigest Summarize(string path)
    {
        using var file = File.OpenRead(path);
        return RdbSummary.Read(new RdbReader(file, "dump.rdb"), withDigest: true, CancellationToken.None).Databases[0].Digest!.Value;
    }

    private sealed class Watched(string path, Action onRead) : FileStream(path, FileMode.Open, FileAccess.Read)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
