using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Streams;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>What newer servers write than those that the tests can start, and what a reader promises.</summary>
public sealed class RdbReaderTests
{
    private const long Soon = RdbSamples.Soon;

    [Fact]
    public void Hashes_with_expiring_fields_of_Redis_and_Valkey_are_the_same()
    {
        var redis = new RdbBytes("REDIS0012").Key(24).Time(Soon).Number(2).Number(1).String("a").String("x").Number(0).String("b").String("y").End();
        var later = new RdbBytes("REDIS0012").Key(24).Time(Soon - 5).Number(2).Number(0).String("b").String("y").Number(6).String("a").String("x").End();
        var valkey = RdbSamples.HashOfValkey();
        var packed = RdbSamples.PackedHash();
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
        var metadata = RdbSamples.Metadata;
        var redis = RdbSamples.KeyMetadata();
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
        var rdb = RdbSamples.Stream();
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

    [Fact]
    public async Task A_stream_that_gives_few_bytes_at_a_time_gives_the_same()
    {
        var rdb = RdbCorpus.Read("redis_50_with_streams.rdb");
        var whole = RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, TestContext.Current.CancellationToken);
        await using var stream = new DrippingStream(rdb);
        var token = TestContext.Current.CancellationToken;
        var dripped = await RdbReader.RunAsync(stream, "test.rdb", reader => RdbSummary.Read(reader, withDigest: true, token), token);
        Assert.Equal(whole.Databases[0].Digest, dripped.Databases[0].Digest);
        Assert.Equal(RdbChecksum.Right, dripped.Checksum);
    }

    [Fact]
    public async Task A_stream_that_stalls_can_be_left()
    {
        using var cancelled = new CancellationTokenSource();
        var rdb = new RdbBytes("REDIS0010").Key(0).String("v").End();
        await using var stream = new DrippingStream(rdb[..^12]) { Stalled = cancelled.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RdbReader.RunAsync(stream, "test.rdb", reader => reader.Read(cancelled.Token), cancelled.Token));
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

    /// <summary>Gives one to seven bytes at a time, later; at the end it waits for ever where it is told to stall.</summary>
    private sealed class DrippingStream(byte[] bytes) : ReadOnlyStream
    {
        private int _given;

        public Action? Stalled { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (_given == bytes.Length && Stalled is not null)
            {
                Stalled();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = Math.Min(Math.Min(buffer.Length, bytes.Length - _given), 1 + (_given % 7));
            bytes.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
    }

    private static RdbDigest Digest(byte[] rdb) =>
        RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, CancellationToken.None).Databases[0].Digest!.Value;
}
