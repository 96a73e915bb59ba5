using System.Buffers;
using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>What a real server writes is read, and what is written it reads.</summary>
public abstract class RdbTests(Func<CancellationToken, Task<string>>? find) : OneServerTests(find)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_value_is_what_the_server_says(bool small)
    {
        SampleKeys.Fill(Client, small);
        var rdb = Save();
        var keys = RecordedKey.ReadAll(rdb);
        foreach (var database in new[] { 0, 5 })
        {
            Client.Run("SELECT", database);
            var ofDatabase = keys.Where(key => key.Database == database).ToList();
            Assert.Equal(Client.Run("DBSIZE"), (long)ofDatabase.Count);
            foreach (var key in ofDatabase)
            {
                Assert.Equal(Client.Run("PEXPIRETIME", key.Key), key.ExpiresAt ?? -1);
                AssertValue(key);
            }
        }

        // The forms are those that the settings are for.
        var types = keys.Where(key => key.Database == 0).ToDictionary(key => key.Key, key => key.ValueType, StringComparer.Ordinal);
        Assert.Equal(small ? RdbType.SetIntset : RdbType.Set, types["set:16"]);
        Assert.Equal(small ? RdbType.HashListpack : RdbType.Hash, types["hash:short"]);
        Assert.Equal(small ? RdbType.SortedSetListpack : RdbType.SortedSet2, types["zset:scores"]);
    }

    [Fact]
    public void A_summary_counts_what_the_server_counts()
    {
        SampleKeys.Fill(Client, small: true);
        var summary = RdbSummary.Read(new RdbReader(new MemoryStream(Save()), "dump.rdb"), withDigest: true, CancellationToken.None);
        Assert.Equal([0, 5], summary.Databases.Keys);
        foreach (var (number, database) in summary.Databases)
        {
            Client.Run("SELECT", number);
            Assert.Equal(Client.Run("DBSIZE"), database.Keys);
            Assert.Equal(2, database.Expiring);
            Assert.Equal(2, database.Types[RdbDataType.Stream].Keys);
            Assert.Equal(database.Keys, database.Types.Values.Sum(type => type.Keys));
        }

        Assert.Contains(summary.Aux.Keys, name => name is "redis-ver" or "valkey-ver");
        Assert.Single(summary.Functions);
        Assert.Equal(10, summary.BiggestKeys.Count);
        Assert.Equal(RdbChecksum.Right, summary.Checksum);
    }

    [Fact]
    public void Raw_values_are_restored_and_dump_the_same()
    {
        SampleKeys.Fill(Client, small: true);
        RestoreAll(Save());
        SampleKeys.Fill(Client, small: false);
        RestoreAll(Save());
    }

    [Fact]
    public async Task What_Redis_7_has_is_restored_into_any_newer_server()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(source);
        SampleKeys.Fill(client, small: true);
        client.Save();
        var rdb = await File.ReadAllBytesAsync(Path.Combine(source.Folder, "data", "dump.rdb"), Token);
        var reader = new RdbReader(new MemoryStream(rdb), "dump.rdb");
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Database)
            {
                Client.Run("SELECT", reader.Database);
            }
            else if (record == RdbRecord.Key)
            {
                var key = Encoding.Latin1.GetString(reader.Key);
                using var payload = new MemoryStream();
                reader.CopyPayload(payload, reader.LeastVersion);
                Client.Run("RESTORE", key, reader.ExpiresAt ?? 0, Encoding.Latin1.GetString(payload.ToArray()), "ABSTTL");
            }
        }

        Assert.Equal(Summarize(rdb), Summarize(Save()));
    }

    [Fact]
    public async Task A_written_RDB_starts_a_server_with_the_same_data()
    {
        SampleKeys.Fill(Client, small: true);
        var packed = Summarize(Save());
        var output = new ArrayBufferWriter<byte>();
        var writer = new RdbWriter(output, "scan.rdb", RdbPayload.VersionOf(Encoding.Latin1.GetBytes((string)Client.Run("DUMP", "12345")!)));
        writer.WriteAux("ctime"u8, "1700000000"u8);
        foreach (var library in (object?[])Client.Run("FUNCTION", "LIST", "WITHCODE")!)
        {
            var fields = (object?[])library!;
            writer.WriteFunction(Encoding.Latin1.GetBytes((string)fields[Array.IndexOf(fields, "library_code") + 1]!));
        }

        foreach (var database in new[] { 0, 5 })
        {
            Client.Run("SELECT", database);
            writer.SelectDatabase(database);
            writer.ResizeDatabase((long)Client.Run("DBSIZE")!, 1);
            foreach (var key in Client.RunList("KEYS", "*"))
            {
                var expiry = (long)Client.Run("PEXPIRETIME", key)!;
                writer.WriteKey(Encoding.Latin1.GetBytes(key), Encoding.Latin1.GetBytes((string)Client.Run("DUMP", key)!), new RdbKeyAttributes(expiry < 0 ? null : expiry, IdleSeconds: 3));
            }
        }

        writer.Finish();
        Assert.Equal(packed, Summarize(output.WrittenSpan.ToArray()));

        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "written.rdb");
        await File.WriteAllBytesAsync(path, output.WrittenSpan.ToArray(), Token);
        await using var started = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = Program, Rdb = path, Lines = ["enable-debug-command yes"] });
        using var client = await RespTestClient.ConnectAsync(started);
        client.Save();
        Assert.Equal(packed, Summarize(await File.ReadAllBytesAsync(Path.Combine(started.Folder, "data", "dump.rdb"), Token)));
        Assert.Equal(42L, client.Run("FCALL", "answer", 0));

        // The same data in the large forms has the same digest.
        if (client.RunList("CONFIG", "GET", "set-max-listpack-entries").Count > 0)
        {
            client.Run("CONFIG", "SET", "set-max-listpack-entries", 0);
        }

        client.Run("CONFIG", "SET", "hash-max-listpack-entries", 0);
        client.Run("CONFIG", "SET", "zset-max-listpack-entries", 0);
        client.Run("CONFIG", "SET", "set-max-intset-entries", 0);
        client.Run("CONFIG", "SET", "list-max-listpack-size", 5);
        client.Run("CONFIG", "SET", "rdbcompression", "no");
        client.Run("DEBUG", "RELOAD");
        Assert.Equal(packed, Summarize(await File.ReadAllBytesAsync(Path.Combine(started.Folder, "data", "dump.rdb"), Token)));
    }

    private static List<(int, RdbDigest)> Summarize(byte[] rdb) =>
        [.. RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "dump.rdb"), withDigest: true, CancellationToken.None).Databases.Values.Select(database => (database.Database, database.Digest!.Value))];

    private byte[] Save()
    {
        Client.Save();
        return File.ReadAllBytes(Path.Combine(Server.Folder, "data", "dump.rdb"));
    }

    private void RestoreAll(byte[] rdb)
    {
        var reader = new RdbReader(new MemoryStream(rdb), "dump.rdb");
        var restored = 0;
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Database)
            {
                Client.Run("SELECT", reader.Database);
            }
            else if (record == RdbRecord.Key)
            {
                Assert.True(reader.TryReadRaw(1 << 20, out var raw, out _));
                var payload = new byte[raw.PayloadLength];
                raw.WritePayload(payload, reader.Header.Version);
                var text = Encoding.Latin1.GetString(payload);
                Client.Run("RESTORE", "copy", 0, text, "REPLACE");

                // Tables are dumped in any order, so what they hold is compared.
                var dumped = Encoding.Latin1.GetBytes((string)Client.Run("DUMP", "copy")!);
                Assert.Equal(DigestOf(payload), DigestOf(dumped));
                if (reader.ValueType is not (RdbType.Set or RdbType.Hash or RdbType.SortedSet2 or RdbType.ValkeyHash2 or RdbType.HashMetadata))
                {
                    Assert.Equal(payload, dumped);
                }

                Client.Run("DEL", "copy");
                restored++;
            }
        }

        Assert.True(restored > 60);
    }

    private static UInt128 DigestOf(byte[] payload)
    {
        var digest = new DigestVisitor();
        digest.Begin();
        var (type, _) = RdbPayload.Decode(payload, "payload", digest);
        return digest.End("copy"u8, type, null);
    }

    private void AssertValue(RecordedKey key)
    {
        switch (key.Type)
        {
            case RdbDataType.String:
                Assert.Equal(Client.Run("GET", key.Key), key.Value.Text);
                break;
            case RdbDataType.List:
                Assert.Equal(Client.RunList("LRANGE", key.Key, 0, -1), key.Value.List);
                Assert.Equal(key.Value.List.Count, key.Elements);
                break;
            case RdbDataType.Set:
                Assert.Equal(Client.RunList("SMEMBERS", key.Key).Order(StringComparer.Ordinal), key.Value.Set);
                Assert.Equal(key.Value.Set.Count, key.Elements);
                break;
            case RdbDataType.Hash:
                Assert.Equal(Pairs(Client.RunList("HGETALL", key.Key)), key.Value.Hash.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
                Assert.Equal(key.Value.Hash.Count, key.Elements);
                AssertExpiries(key);
                break;
            case RdbDataType.SortedSet:
                Assert.Equal(
                    Pairs(Client.RunList("ZRANGE", key.Key, 0, -1, "WITHSCORES")).Select(pair => (pair.Item1, Score(pair.Item2))),
                    key.Value.Scores.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
                Assert.Equal(key.Value.Scores.Count, key.Elements);
                break;
            default:
                AssertStream(key);
                break;
        }
    }

    private void AssertExpiries(RecordedKey key)
    {
        Assert.Equal(key.Key == "hash:expiring" ? 3 : 0, key.Value.Expiries.Count);
        foreach (var (field, expiresAt) in key.Value.Expiries)
        {
            Assert.Equal([expiresAt], (object?[])Client.Run("HPEXPIRETIME", key.Key, "FIELDS", 1, field)!);
        }
    }

    private void AssertStream(RecordedKey key)
    {
        var stream = key.Value.Stream;
        var entries = ((object?[])Client.Run("XRANGE", key.Key, "-", "+")!).Cast<object?[]>();
        Assert.Equal(
            entries.Select(entry => $"{entry[0]} {string.Join('|', (object?[])entry[1]!)}"),
            stream.Entries.Select(entry => $"{entry.Id} {string.Join('|', entry.Fields)}"));
        var facts = Fields(Client.Run("XINFO", "STREAM", key.Key, "FULL", "COUNT", 0));
        Assert.Equal((facts["length"], facts["last-generated-id"], facts["max-deleted-entry-id"], facts["entries-added"]), (stream.Length, stream.LastId, stream.MaximalDeletedId, stream.EntriesAdded));
        foreach (var group in ((object?[])facts["groups"]!).Select(Fields))
        {
            var recorded = stream.Groups[(string)group["name"]!];
            Assert.Equal((group["last-delivered-id"], group["entries-read"]), (recorded.LastDelivered, (object?)recorded.EntriesRead));
            var pending = ((object?[])group["pending"]!).Cast<object?[]>().ToList();
            Assert.Equal(
                pending.Select(entry => $"{entry[0]} {entry[2]} {entry[3]}"),
                recorded.Pending.Select(entry => $"{entry.Key} {entry.Value.At} {entry.Value.Times}"));
            Assert.Equal(
                ((object?[])group["consumers"]!).Select(Fields).Select(consumer => (string)consumer["name"]!).Order(StringComparer.Ordinal),
                recorded.Consumers.Keys.Order(StringComparer.Ordinal));
            Assert.All(recorded.Consumers, consumer => Assert.Equal(
                pending.Where(entry => (string)entry[1]! == consumer.Key).Select(entry => (string)entry[0]!), consumer.Value));
        }
    }

    private static Dictionary<string, object?> Fields(object? reply) =>
        ((object?[])reply!).Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => pair[1], StringComparer.Ordinal);

    private static IEnumerable<(string, string)> Pairs(List<string> items) => items.Chunk(2).Select(pair => (pair[0], pair[1])).OrderBy(pair => pair.Item1, StringComparer.Ordinal);

    private static double Score(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}

/// <summary>The machine's own redis-server.</summary>
public sealed class RdbOfRedis7Tests() : RdbTests(null);

/// <summary>Redis 8, whose hashes have fields that expire.</summary>
public sealed class RdbOfRedis8Tests() : RdbTests(NewerRedis.FindRedisAsync);

/// <summary>Valkey 9, which has a magic and types of its own.</summary>
public sealed class RdbOfValkey9Tests() : RdbTests(NewerRedis.FindValkeyAsync);
