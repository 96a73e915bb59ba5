using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

public sealed class CorpusTests
{
    public static TheoryData<string> Files => RdbCorpus.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_way_to_take_a_value_sees_the_same(string file)
    {
        var rdb = RdbCorpus.Read(file);
        var skipped = Facts(rdb, reader => reader.SkipValue());
        Assert.Equal(skipped, Facts(rdb, reader => reader.DecodeValue(new RecordedValue())));
        Assert.Equal(skipped, Facts(rdb, reader => reader.CopyPayload(Stream.Null, 10)));
        Assert.Equal(skipped, Facts(rdb, reader =>
        {
            if (reader.TryReadRaw(40, out _, out var facts))
            {
                return facts;
            }

            Assert.True(reader.TryReadRaw(1 << 20, out var raw, out facts));
            Assert.Equal(facts.Bytes, raw.Value.Length);
            return facts;
        }));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_payload_decodes_to_the_value(string file)
    {
        var rdb = RdbCorpus.Read(file);
        var reader = new RdbReader(new MemoryStream(rdb), file);
        var copy = new RdbReader(new MemoryStream(rdb), file);
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            copy.Read();
            if (record == RdbRecord.Key)
            {
                Assert.True(reader.TryReadRaw(1 << 20, out var raw, out _));
                var payload = new byte[raw.PayloadLength];
                raw.WritePayload(payload, 10);
                using var copied = new MemoryStream();
                copy.CopyPayload(copied, 10);
                Assert.Equal(payload, copied.ToArray());
                var (type, _) = RdbPayload.Decode(payload, file, new RecordedValue());
                Assert.Equal(reader.DataType, type);
            }
        }
    }

    [Theory]
    [InlineData("listpack")]
    [InlineData("quicklist")]
    [InlineData("hash_with_hfe")]
    [InlineData("stream_listpacks_2")]
    public void The_values_are_the_expected_ones(string file)
    {
        var keys = RecordedKey.ReadAll(RdbCorpus.Read(file + ".rdb")).ToDictionary(key => key.Key, StringComparer.Ordinal);
        var expected = JsonNode.Parse(RdbCorpus.Read(file + ".json"))!.AsArray();
        Assert.Equal(expected.Count, keys.Count);
        foreach (var item in expected)
        {
            var key = keys[(string)item!["key"]!];
            Assert.Equal((int)item["db"]!, key.Database);
            Assert.Equal(Expected(item), Actual(key));
        }
    }

    [Fact]
    public void Functions_and_texts_are_read()
    {
        var expected = JsonNode.Parse(RdbCorpus.Read("function.json"))!.AsArray();
        var summary = Summarize(RdbCorpus.Read("function.rdb"));
        var code = System.Text.Encoding.UTF8.GetBytes((string)expected[^1]!["functionsLua"]!);
        Assert.Equal(System.IO.Hashing.XxHash128.HashToUInt128(code), summary.Functions.Single());
        Assert.All(expected.Where(item => (string)item!["type"]! == "aux"), item => Assert.Equal((string)item!["value"]!, summary.Aux[(string)item["key"]!]));
        Assert.Equal(RdbChecksum.Right, summary.Checksum);
    }

    [Fact]
    public void Modules_are_named()
    {
        Assert.NotEmpty(Summarize(RdbCorpus.Read("redis_40_with_module.rdb")).Modules);
        Assert.NotEmpty(Summarize(RdbCorpus.Read("redis_60_with_module_aux.rdb")).Modules);
    }

    [Fact]
    public void Well_known_files_have_what_they_are_known_for()
    {
        Assert.Equal(1000, RecordedKey.ReadAll(RdbCorpus.Read("dictionary.rdb")).Single().Value.Hash.Count);
        Assert.Equal(1000, RecordedKey.ReadAll(RdbCorpus.Read("linkedlist.rdb")).Single().Value.List.Count);
        Assert.Equal(500, RecordedKey.ReadAll(RdbCorpus.Read("regular_sorted_set.rdb")).Single().Value.Scores.Count);
        Assert.Equal(["32764", "32765", "32766"], RecordedKey.ReadAll(RdbCorpus.Read("intset_16.rdb")).Single().Value.Set);
        Assert.Equal([0, 2], RecordedKey.ReadAll(RdbCorpus.Read("multiple_databases.rdb")).Select(key => key.Database));
        Assert.Equal(1671963072573, RecordedKey.ReadAll(RdbCorpus.Read("keys_with_expiry.rdb")).Single().ExpiresAt);
        Assert.Equal(new string('a', 200), RecordedKey.ReadAll(RdbCorpus.Read("easily_compressible_string_key.rdb")).Single().Key);
        Assert.Empty(RecordedKey.ReadAll(RdbCorpus.Read("empty_database.rdb")));
        var zipmap = RecordedKey.ReadAll(RdbCorpus.Read("zipmap_with_big_values.rdb")).Single().Value.Hash;
        Assert.Equal([253, 254, 255, 300, 20000], zipmap.Values.Select(value => value.Length).Order());
    }

    private static RdbSummary Summarize(byte[] rdb) => RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, CancellationToken.None);

    private static List<(string Key, RdbValueFacts Facts)> Facts(byte[] rdb, Func<RdbReader, RdbValueFacts> take)
    {
        var seen = new List<(string, RdbValueFacts)>();
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Key)
            {
                seen.Add((Convert.ToHexString(reader.Key), take(reader)));
            }
        }

        Assert.Equal(rdb.Length, reader.Offset);
        return seen;
    }

    private static string[] Expected(JsonNode item) => (string)item["type"]! switch
    {
        "list" => [.. item["values"]!.AsArray().Select(value => (string)value!)],
        "zset" => [.. item["entries"]!.AsArray().Select(entry => $"{(string)entry!["member"]!}={(double)entry["score"]!}").Order(StringComparer.Ordinal)],
        "hash" => [.. item["hash"]!.AsObject().Select(pair => $"{pair.Key}={(string)pair.Value!}@{(long?)item["expire"]?[pair.Key] ?? 0}").Order(StringComparer.Ordinal)],
        "stream" =>
        [
            .. item["entries"]!.AsArray().SelectMany(node => node!["msgs"]!.AsArray()).Select(message =>
                $"{(string)message!["id"]!}: {string.Join(' ', message["fields"]!.AsObject().Select(field => $"{field.Key} {(string)field.Value!}"))}"),
            $"{(long)item["len"]!} {(string)item["lastId"]!} {(string)item["maxDeletedId"]!} {(long)item["addedEntriesCount"]!}",
        ],
        var other => throw new InvalidOperationException(other),
    };

    private static string[] Actual(RecordedKey key) => key.Type switch
    {
        RdbDataType.List => [.. key.Value.List],
        RdbDataType.SortedSet => [.. key.Value.Scores.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)],
        RdbDataType.Hash => [.. key.Value.Hash.Select(pair => $"{pair.Key}={pair.Value}@{key.Value.Expiries.GetValueOrDefault(pair.Key)}").Order(StringComparer.Ordinal)],
        _ =>
        [
            .. key.Value.Stream.Entries.Select(entry => $"{entry.Id}: {string.Join(' ', entry.Fields)}"),
            $"{key.Value.Stream.Length} {key.Value.Stream.LastId} {key.Value.Stream.MaximalDeletedId} {key.Value.Stream.EntriesAdded}",
        ],
    };
}
