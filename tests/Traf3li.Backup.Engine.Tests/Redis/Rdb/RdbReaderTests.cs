using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>What newer servers write than those that the tests can start, and what a reader promises.</summary>
public sealed class RdbReaderTests
{
    private const long Soon = 2_000_000_000_000;

    [Fact]
    public void Hashes_with_expiring_fields_of_Redis_and_Valkey_are_the_same()
    {
        var redis = new RdbBytes("REDIS0012").Key(24).Time(Soon).Number(2).Number(1).String("a").String("x").Number(0).String("b").String("y").End();
        var later = new RdbBytes("REDIS0012").Key(24).Time(Soon - 5).Number(2).Number(0).String("b").String("y").Number(6).String("a").String("x").End();
        var valkey = new RdbBytes("VALKEY080").Key(22).Number(2).String("a").String("x").Time(Soon).String("b").String("y").Time(-1).End();
        var packed = new RdbBytes("REDIS0012").Key(25).Time(Soon).String(RdbBytes.Listpack("b", "y", "0", "a", "x", $"{Soon}")).End();
        var candidate = new RdbBytes("REDIS0012").Key(23).String(RdbBytes.Listpack("b", "y", "0", "a", "x", $"{Soon}")).End();
        Assert.All(new[] { redis, later, valkey, packed, candidate }, rdb =>
        {
            var value = RecordedKey.ReadAll(rdb).Single().Value;
            Assert.Equal(new Dictionary<string, string> { ["a"] = "x", ["b"] = "y" }, value.Hash);
            Assert.Equal(new Dictionary<string, long> { ["a"] = Soon }, value.Expiries);
            Assert.Equal(Digest(redis), Digest(rdb));
        });
    }

    [Fact]
    public void Opcode_243_is_metadata_in_Redis_and_a_slot_import_in_Valkey()
    {
        byte[] metadata = [243, 1, (byte)'A', (byte)'B', (byte)'C', 0, 2, 7, 5, 1, (byte)'s', 0];
        var redis = new RdbBytes("REDIS0013").Raw(252).Time(Soon).Raw(metadata).Key(0).String("v").End();
        var reader = new RdbReader(new MemoryStream(redis), "test.rdb");
        Assert.Equal(RdbRecord.Key, reader.Read());
        Assert.Equal(Soon, reader.ExpiresAt);
        Assert.Equal(13, reader.LeastVersion);
        Assert.True(reader.TryReadRaw(100, out var raw, out _));
        var payload = new byte[raw.PayloadLength];
        raw.WritePayload(payload, 13);
        Assert.Equal([.. metadata, 0, 1, (byte)'v', 13, 0], payload[..^8]);
        Assert.Equal(RdbRecord.End, reader.Read());

        var valkey = new RdbBytes("VALKEY080").Raw(243).String("job").Number(1).Number(5).Number(6).Raw(244, 1, 2, 3).Key(0).String("v").End();
        reader = new RdbReader(new MemoryStream(valkey), "test.rdb");
        Assert.Equal([RdbRecord.SlotImport, RdbRecord.SlotInfo, RdbRecord.Key, RdbRecord.End], Enumerable.Range(0, 4).Select(_ => reader.Read()));
    }

    [Fact]
    public void A_stream_of_Redis_8_6_has_its_producers_passed_over()
    {
        var rdb = new RdbBytes("REDIS0013").Key(26).Number(1)
            .String([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1])
            .String(RdbBytes.Listpack("2", "1", "1", "f", "0", "2", "0", "0", "v", "4", "3", "0", "1", "gone", "4", "0", "1", "0", "1", "g", "w", "6"))
            .Number(2).Number(10).Number(0).Number(9).Number(1).Number(9).Number(2).Number(3)
            .Number(1).String("group").Number(9).Number(1).Number(1)
            .Number(1).Raw([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1]).Time(Soon).Number(2)
            .Number(1).String("consumer").Time(Soon).Time(-1).Number(1).Raw([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1])
            .Number(100).Number(1000).Number(1).String("producer").Number(2).String("i1").Number(9).Number(1).String("i2").Number(10).Number(0).Number(7).Number(1)
            .Key(0, "next").String("v").End();
        var stream = RecordedKey.ReadAll(rdb)[0].Value.Stream;
        Assert.Equal([("9-1", "f v"), ("10-1", "g w")], stream.Entries.Select(entry => (entry.Id, string.Join(' ', entry.Fields))));
        Assert.Equal((2, "10-0", "9-2", 3L), (stream.Length, stream.LastId, stream.MaximalDeletedId, stream.EntriesAdded!.Value));
        var group = stream.Groups["group"];
        Assert.Equal((Soon, 2), group.Pending["9-1"]);
        Assert.Equal(["9-1"], group.Consumers["consumer"]);
    }

    [Fact]
    public void Expiry_idle_time_and_frequency_belong_to_one_key()
    {
        var rdb = new RdbBytes("REDIS0010")
            .Raw(253, 1, 0, 0, 0).Raw(248).Number(77).Key(0, "a").String("1")
            .Raw(249, 200).Key(0, "b").String("2").Key(0, "c").String("3").End();
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
        reader.Read();
        Assert.Equal((1000L, 77L, (byte?)null), (reader.ExpiresAt, reader.IdleSeconds, reader.Frequency));
        reader.Read();
        Assert.Equal((null, null, (byte?)200), (reader.ExpiresAt, reader.IdleSeconds, reader.Frequency));
        reader.Read();
        Assert.Equal((null, null, null), (reader.ExpiresAt, reader.IdleSeconds, reader.Frequency));
        Assert.Equal("c", Encoding.ASCII.GetString(reader.Key));
    }

    [Fact]
    public void A_value_over_the_limit_can_still_be_taken()
    {
        var text = new string('x', 300_000);
        var rdb = new RdbBytes("REDIS0010").Key(0, "big").String(text).Key(0, "small").String("v").End();
        foreach (var window in new[] { 0, 1 << 20 })
        {
            var reader = new RdbReader(new MemoryStream(rdb), "test.rdb", window);
            reader.Read();
            Assert.False(reader.TryReadRaw(200_000, out _, out _));
            var value = new RecordedValue();
            reader.DecodeValue(value);
            Assert.Equal(text, value.Text);
            Assert.Throws<InvalidOperationException>(() => reader.SkipValue());
            reader.Read();
            Assert.Equal("small", Encoding.ASCII.GetString(reader.Key));
            Assert.True(reader.TryReadRaw(2, out var raw, out var facts));
            Assert.Equal(new RdbValueFacts(1, 2), facts);
            Assert.Equal("\u0001v", Encoding.Latin1.GetString(raw.Value));
            Assert.Equal(RdbRecord.End, reader.Read());
            Assert.Equal(RdbChecksum.Right, reader.Checksum);

            reader = new RdbReader(new MemoryStream(rdb), "test.rdb", window);
            reader.Read();
            Assert.True(reader.TryReadRaw(400_000, out raw, out _));
            Assert.Equal(text.Length + 5, raw.Value.Length);
            Assert.Equal([RdbRecord.Key, RdbRecord.End], [reader.Read(), reader.Read()]);
        }
    }

    [Fact]
    public void A_disabled_checksum_is_said()
    {
        var rdb = new RdbBytes("REDIS0010").End();
        rdb.AsSpan(rdb.Length - 8).Clear();
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
        Assert.Equal(RdbRecord.End, reader.Read());
        Assert.Equal(RdbChecksum.Disabled, reader.Checksum);
    }

    [Fact]
    public void Cancellation_ends_the_reading()
    {
        using var cancelled = new CancellationTokenSource();
        var rdb = new RdbBytes("REDIS0010").Key(0).String(new string('x', 200_000)).End();
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb", 0);
        reader.Read(cancelled.Token);
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => reader.SkipValue());
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 0)]
    public void Small_keys_take_no_memory(byte way, int limit)
    {
        var rdb = new RdbBytes("REDIS0010");
        for (var index = 0; index < 10_000; index++)
        {
            rdb.Key(16, $"key {index}").String(RdbBytes.Listpack("field", "value", "7", "8"));
        }

        var reader = new RdbReader(new MemoryStream(rdb.End()), "test.rdb");
        reader.Read();
        reader.SkipValue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.Read() != RdbRecord.End)
        {
            if (way == 0)
            {
                Assert.True(reader.TryReadRaw(limit, out _, out _));
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static RdbDigest Digest(byte[] rdb) =>
        RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, CancellationToken.None).Databases[0].Digest!.Value;
}
