using System.Buffers;
using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

public sealed class RdbWriterTests
{
    public static TheoryData<string> Files => RdbCorpus.Files;

    [Fact]
    public void What_is_written_is_read()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new RdbWriter(output, "test.rdb", 11);
        writer.WriteAux("redis-ver"u8, "7.2.0"u8);
        writer.WriteFunction("#!lua name=lib"u8);
        writer.SelectDatabase(3);
        writer.ResizeDatabase(70_000, 5_000_000_000);
        writer.WriteKey("a"u8, Payload([0, 1, (byte)'v'], 10), new RdbKeyAttributes(ExpiresAt: 2_000_000_000_123, IdleSeconds: 500));
        writer.WriteKey(Encoding.ASCII.GetBytes(new string('k', 20_000)), Payload([0, 1, (byte)'w'], 11), new RdbKeyAttributes(Frequency: 9));
        writer.Finish();

        Assert.Equal(output.WrittenCount, writer.Length);
        var reader = new RdbReader(new MemoryStream(output.WrittenSpan.ToArray()), "test.rdb");
        Assert.Equal(new RdbHeader(RdbDialect.Redis, 11), reader.Header);
        Assert.Equal([RdbRecord.Aux, RdbRecord.Function, RdbRecord.Database, RdbRecord.DatabaseSize, RdbRecord.Key], Enumerable.Range(0, 5).Select(_ => reader.Read()));
        Assert.Equal(("redis-ver", "7.2.0"), (reader.Aux.Key, reader.Aux.Value));
        Assert.Equal("#!lua name=lib", Encoding.ASCII.GetString(reader.Function.Span));
        Assert.Equal((3, 70_000, 5_000_000_000), (reader.Database, reader.ExpectedKeys, reader.ExpectedExpiring));
        Assert.Equal((2_000_000_000_123, 500L, null), (reader.ExpiresAt, reader.IdleSeconds, reader.Frequency));
        Assert.Equal(RdbRecord.Key, reader.Read());
        Assert.Equal((20_000, (byte)9), (reader.Key.Length, reader.Frequency!.Value));
        Assert.Equal(RdbRecord.End, reader.Read());
        Assert.Equal(RdbChecksum.Right, reader.Checksum);
    }

    [Fact]
    public void A_value_in_pieces_is_written_as_one_in_one_piece()
    {
        byte[] value = [0, 0x40, 200, .. Enumerable.Repeat((byte)'v', 200)];
        var payload = Payload(value, 10);
        var (whole, pieces) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var writer = new RdbWriter(whole, "test.rdb");
        writer.WriteKey("k"u8, payload, new RdbKeyAttributes(ExpiresAt: 5));
        writer.Finish();
        writer = new RdbWriter(pieces, "test.rdb");
        writer.BeginKey("k"u8, payload[0], new RdbKeyAttributes(ExpiresAt: 5));
        writer.AppendValue(payload.AsSpan(1, 100));
        writer.AppendValue(payload.AsSpan(101..^RdbPayload.FooterLength));
        writer.EndKey(payload.AsSpan(^RdbPayload.FooterLength..));
        writer.Finish();
        Assert.Equal(whole.WrittenSpan.ToArray(), pieces.WrittenSpan.ToArray());

        writer.BeginKey("the key"u8, payload[0], default);
        writer.AppendValue(payload.AsSpan(1..^(RdbPayload.FooterLength + 1)));
        Assert.Equal("the key", Assert.Throws<RdbCorruptException>(() => writer.EndKey(payload.AsSpan(^RdbPayload.FooterLength..))).RdbKey);
    }

    [Theory]
    [InlineData(8, null)]
    [InlineData(9, 9)]
    [InlineData(11, 11)]
    [InlineData(13, 12)]
    [InlineData(80, 80)]
    public void The_version_is_that_of_the_payloads_or_the_next_lower_one(int payload, int? version) => Assert.Equal(version, RdbWriter.VersionFor(payload));

    [Theory]
    [MemberData(nameof(Files))]
    public void An_RDB_written_from_payloads_has_the_same_digest(string file)
    {
        var rdb = RdbCorpus.Read(file);
        var reader = new RdbReader(new MemoryStream(rdb), file);
        var output = new ArrayBufferWriter<byte>();
        var writer = new RdbWriter(output, "test.rdb", 12);
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Database)
            {
                writer.SelectDatabase(reader.Database);
            }
            else if (record == RdbRecord.Key)
            {
                using var payload = new MemoryStream();
                reader.CopyPayload(payload, reader.LeastVersion);
                writer.WriteKey(reader.Key, payload.ToArray(), new RdbKeyAttributes(reader.ExpiresAt, reader.IdleSeconds, reader.Frequency));
            }
        }

        writer.Finish();
        Assert.Equal(Digests(rdb), Digests(output.WrittenSpan.ToArray()));
    }

    [Fact]
    public void A_payload_that_changed_or_is_too_new_is_refused()
    {
        var writer = new RdbWriter(new ArrayBufferWriter<byte>(), "test.rdb");
        var changed = Payload([0, 1, (byte)'v'], 10);
        changed[2]++;
        var error = Assert.Throws<RdbCorruptException>(() => writer.WriteKey("the key"u8, changed, default));
        Assert.Equal("the key", error.RdbKey);
        Assert.Throws<RdbCorruptException>(() => writer.WriteKey("k"u8, [0, 1], default));
        Assert.Throws<RdbUnsupportedException>(() => writer.WriteKey("k"u8, Payload([20, 1, 2], 11), default));
        Assert.Throws<RdbUnsupportedException>(() => writer.WriteKey("k"u8, Payload([22, 0], 80), default));
        Assert.Throws<RdbUnsupportedException>(() => writer.WriteKey("k"u8, Payload([99, 0], 10), default));
    }

    [Fact]
    public void The_digest_tells_data_apart()
    {
        var seen = new HashSet<RdbDigest>();
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(0).String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(0).String("w"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(0, "l").String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Raw(252).Time(1).Key(0).String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Raw(252).Time(0).Key(0).String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(1).Number(1).String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(1).Number(2).String("v").String("w"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(1).Number(2).String("w").String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(2).Number(2).String("w").String("v"))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(2).Number(2).String("v").String("w"))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(20).String(RdbBytes.Listpack("w", "v")))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(20).Compressed(RdbBytes.Listpack("w", "v")))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(4).Number(1).String("w").String("v"))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(4).Number(1).String("v").String("w"))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(16).String(RdbBytes.Listpack("v", "w")))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(3).Number(1).String("v").Raw(2, (byte)'-', (byte)'0'))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(17).String(RdbBytes.Listpack("v", "0")))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(5).Number(1).String("v").Raw(BitConverter.GetBytes(0.0)))));
        Assert.True(seen.Add(Digest(new RdbBytes("REDIS0010").Key(5).Number(1).String("v").Raw(BitConverter.GetBytes(double.NegativeInfinity)))));
        Assert.False(seen.Add(Digest(new RdbBytes("REDIS0010").Key(17).String(RdbBytes.Listpack("v", "-inf")))));
    }

    [Fact]
    public void Types_of_one_dialect_stay_in_it()
    {
        var valkey = new RdbWriter(new ArrayBufferWriter<byte>(), "test.rdb", 80);
        valkey.WriteKey("k"u8, Payload([22, 0], 80), default);
        valkey.WriteKey("l"u8, Payload([20, 1, 2], 11), default);
        Assert.Throws<RdbUnsupportedException>(() => valkey.WriteKey("m"u8, Payload([22, 0], 12), default));
        Assert.Throws<RdbUnsupportedException>(() => valkey.WriteKey("m"u8, Payload([24, 0], 12), default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RdbWriter(new ArrayBufferWriter<byte>(), "test.rdb", 13));
    }

    private static byte[] Payload(byte[] value, int version)
    {
        var payload = new byte[value.Length + RdbPayload.FooterLength];
        value.CopyTo(payload, 0);
        RdbPayload.WriteFooter(payload.AsSpan(value.Length), version, Crc64Jones.Append(0, value));
        return payload;
    }

    private static RdbDigest Digest(RdbBytes rdb) => Digests(rdb.End())[0];

    private static Dictionary<int, RdbDigest> Digests(byte[] rdb) =>
        RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, CancellationToken.None)
            .Databases.ToDictionary(pair => pair.Key, pair => pair.Value.Digest!.Value);
}
