using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>Damaged RDBs end in a clear error or a proper result; never in a crash, a hang, or memory for what is only claimed.</summary>
public sealed class RobustnessTests
{
    private const int Small = 1500;
    private const int Samples = 150;
    private const long MemoryBound = 24L << 20;

    public static TheoryData<string> Files => RdbCorpus.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_cut_is_found(string file)
    {
        var rdb = RdbCorpus.Read(file);
        var step = rdb.Length <= Small ? 1 : rdb.Length / Samples;
        for (var length = 0; length < rdb.Length; length += step)
        {
            var error = Record(rdb[..length], decode: false);
            Assert.True(error is RdbCorruptException, $"{length}: {error}");
            Assert.IsType<RdbCorruptException>(Record(rdb[..length], decode: true));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_changed_byte_is_found_by_the_checksum_or_does_no_harm(string file)
    {
        var rdb = RdbCorpus.Read(file);
        var summed = RdbHeader.Parse(rdb)!.Value.Version >= RdbHeader.FirstWithChecksum && !rdb.AsSpan(rdb.Length - sizeof(ulong)).SequenceEqual(new byte[sizeof(ulong)]);
        var step = rdb.Length <= Small ? 1 : rdb.Length / Samples;
        for (var index = 0; index < rdb.Length; index += step)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xFF })
            {
                var damaged = (byte[])rdb.Clone();
                damaged[index] ^= change;
                var before = GC.GetAllocatedBytesForCurrentThread();
                var error = Record(damaged, decode: false);
                Assert.True(error is RdbCorruptException or RdbUnsupportedException || (error is null && !summed), $"{index}: {error}");
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MemoryBound, $"{index} took memory");
                error = Record(damaged, decode: true);
                Assert.True(error is RdbCorruptException or RdbUnsupportedException || (error is null && !summed), $"{index}: {error}");
            }
        }
    }

    [Theory]
    [InlineData(RdbOpcode.Function)]
    [InlineData(RdbOpcode.Aux)]
    public void What_a_summary_keeps_does_not_grow_with_texts_that_are_said_to_be_long(byte opcode)
    {
        const int Length = 264 * 16_000;
        byte[] zeros = [0, 0, .. Enumerable.Repeat(new byte[] { 0xE0, 255, 0 }, Length / 264).SelectMany(match => match)];
        var rdb = new RdbBytes("REDIS0011");
        for (var number = 0; number < 20; number++)
        {
            rdb.Raw(opcode);
            if (opcode == RdbOpcode.Aux)
            {
                rdb.String($"name{number}");
            }

            rdb.Raw(0xC3).Number((uint)zeros.Length).Number(Length + 1).Raw(zeros);
        }

        var stored = rdb.End();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var summary = RdbSummary.Read(new RdbReader(new MemoryStream(stored), "bomb.rdb"), withDigest: false, CancellationToken.None);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < MemoryBound);
        GC.KeepAlive(summary);
    }

    [Theory]
    [InlineData("HashOfValkey")]
    [InlineData("PackedHash")]
    [InlineData("KeyMetadata")]
    [InlineData("Stream")]
    public void What_newer_servers_write_does_no_harm_either(string sample)
    {
        var rdb = RdbSamples.Get(sample);
        Assert.Null(Record(rdb, decode: true));

        // Without a checksum only the structure is left to find damage.
        rdb.AsSpan(rdb.Length - sizeof(ulong)).Clear();
        Assert.Null(Record(rdb, decode: true));
        for (var length = 0; length < rdb.Length; length++)
        {
            Assert.IsType<RdbCorruptException>(Record(rdb[..length], decode: true));
        }

        for (var index = 0; index < rdb.Length - sizeof(ulong); index++)
        {
            foreach (var change in new[] { 1, 2, 4, 8, 16, 32, 64, 128, 0x7F, 0x81, 0xC0, 0xFF })
            {
                var damaged = (byte[])rdb.Clone();
                damaged[index] ^= (byte)change;
                var skipped = Record(damaged, decode: false);
                var decoded = Record(damaged, decode: true);
                Assert.True(decoded is null or RdbCorruptException or RdbUnsupportedException, $"{index} {change}: {decoded}");
                Assert.Equal(skipped?.GetType(), decoded?.GetType());
            }
        }
    }

    [Fact]
    public void Keys_in_more_databases_than_any_server_has_take_no_memory()
    {
        var rdb = new RdbBytes("REDIS0010");
        for (var database = 0u; database <= 70_000; database++)
        {
            rdb.Raw(RdbOpcode.SelectDatabase).Number(database).Key(0).String("v");
        }

        var error = Assert.Throws<RdbUnsupportedException>(
            () => RdbSummary.Read(new RdbReader(new MemoryStream(rdb.End()), "test.rdb"), withDigest: false, CancellationToken.None));
        Assert.Contains("65536 databases", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_end_are_an_error_unless_they_are_expected()
    {
        byte[] rdb = [.. Strings(), 0];
        Assert.Contains("behind its end", Assert.IsType<RdbCorruptException>(Record(rdb, decode: false)).Message, StringComparison.Ordinal);
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb", wholeStream: false);
        Assert.Equal(RdbRecord.Key, reader.Read());
        Assert.Equal(RdbRecord.End, reader.Read());
        Assert.Equal(RdbChecksum.Right, reader.Checksum);
    }

    [Fact]
    public void The_error_says_where_and_in_which_key()
    {
        byte[] rdb = [.. "REDIS0003"u8, 0xFE, 5, 0, 3, (byte)'a', 0xFF, (byte)'"', 40, 1, 2, 3];
        var error = Assert.IsType<RdbCorruptException>(Record(rdb, decode: false));
        Assert.Equal(rdb.Length, error.Offset);
        Assert.Equal(5, error.Database);
        Assert.Equal("a\\xff\\x22", error.RdbKey);
        Assert.Contains("test.rdb", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REDIS0014")]
    [InlineData("REDIS0000")]
    [InlineData("VALKEY081")]
    [InlineData("VALKEY010")]
    public void An_unknown_version_is_refused(string header) =>
        Assert.Contains(header, Assert.IsType<RdbUnsupportedException>(Record([.. System.Text.Encoding.ASCII.GetBytes(header), 0xFF], decode: false)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("REDIS00x1")]
    [InlineData("MONGO0001")]
    [InlineData("REDIS")]
    public void What_is_no_RDB_is_refused(string header) => Assert.IsType<RdbCorruptException>(Record([.. System.Text.Encoding.ASCII.GetBytes(header), 0xFF], decode: false));

    [Fact]
    public void A_type_of_a_newer_version_is_refused()
    {
        Assert.IsType<RdbCorruptException>(Record([.. "REDIS0011"u8, 24, 1, (byte)'k', 0, 0, 0, 0, 0, 0, 0, 0, 0], decode: false));
        Assert.IsType<RdbCorruptException>(Record([.. "REDIS0012"u8, 26, 1, (byte)'k', 0], decode: false));
        Assert.IsType<RdbCorruptException>(Record([.. "VALKEY080"u8, 24, 1, (byte)'k', 0], decode: false));
        Assert.IsType<RdbUnsupportedException>(Record([.. "REDIS0008"u8, 6, 1, (byte)'k', 0], decode: false));
    }

    [Fact]
    public void A_claimed_length_takes_no_memory()
    {
        byte[] claim = [0x81, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        foreach (var type in Enumerable.Range(0, 27))
        {
            byte[] rdb = [.. "REDIS0013"u8, (byte)type, 1, (byte)'k', .. claim, .. claim, .. claim];
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.NotNull(Record(rdb, decode: true));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MemoryBound);
        }
    }

    [Fact]
    public void Fields_of_a_stream_that_are_compressed_beyond_measure_are_not_held()
    {
        // A listpack of one field of 100 MB, in which 264 bytes take three.
        const int Matches = 400_000;
        const uint FieldLength = 1 + (Matches * 264);
        const uint Total = 17 + FieldLength + 4 + 1;
        byte[] head = [.. BitConverter.GetBytes(Total), 255, 255, 0, 1, 0, 1, 1, 1, 0xF0, .. BitConverter.GetBytes(FieldLength)];
        byte[] match = [0xE0, 255, 0];
        byte[] compressed = [(byte)(head.Length - 1), .. head, 0, 65, .. Enumerable.Repeat(match, Matches).SelectMany(bytes => bytes)];
        var rdb = new RdbBytes("REDIS0010").Key(15).Number(1).String(new byte[16])
            .Raw(0xC3).Number((uint)compressed.Length).Number(Total).Raw(compressed).End();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsType<RdbUnsupportedException>(Record(rdb, decode: true));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4L * RdbPrimitives.LongestName);
    }

    private static byte[] Strings()
    {
        byte[] rdb = [.. "REDIS0010"u8, 0, 1, (byte)'k', 1, (byte)'v', 0xFF];
        return [.. rdb, .. BitConverter.GetBytes(Crc64Jones.Append(0, rdb))];
    }

    private static Exception? Record(byte[] rdb, bool decode)
    {
        try
        {
            var reader = new RdbReader(new MemoryStream(rdb), "test.rdb", windowSize: 0);
            for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
            {
                if (decode && record == RdbRecord.Key)
                {
                    reader.DecodeValue(new LengthVisitor());
                }
            }

            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    /// <summary>Holds nothing, and checks what a visitor may rely on.</summary>
    private sealed class LengthVisitor : RdbVisitor
    {
        private long _expected;

        public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
        {
            Assert.True(bytes.Length <= ByteWindow.LongestPiece);
            Assert.True(_expected == 0 || _expected == bytes.Length + remaining);
            _expected = remaining;
        }
    }
}
