using CsCheck;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

public sealed class LzfWindowTests
{
    private enum Step
    {
        Run,
        Match,
    }

    [Fact]
    public void Any_steps_decompress_to_what_they_stand_for() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[1, 32], Gen.Int[3, 264], Gen.Int[1, 8192], Gen.Byte).Array[1, 3000].Sample(
            steps =>
            {
                var (compressed, text) = Compress(steps);
                var rdb = Rdb(compressed, text.Length);
                var value = new PieceVisitor();
                var reader = new RdbReader(new MemoryStream(rdb), "test.rdb", 0);
                reader.Read();
                reader.DecodeValue(value);
                Assert.True(text.AsSpan().SequenceEqual(value.Bytes.ToArray()));
                Assert.True(value.Longest <= 72 << 10);
                reader = new RdbReader(new MemoryStream(rdb), "test.rdb", 0);
                reader.Read();
                Assert.Equal(RdbRecord.End, reader.Read());
            },
            iter: 100);

    [Fact]
    public void Passing_over_finds_what_decompressing_finds() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 300]).Sample((compressed, length) =>
        {
            var rdb = Rdb(compressed, length);
            return Fails(rdb, decode: false) == Fails(rdb, decode: true);
        });

    [Fact]
    public void A_wrong_length_is_found()
    {
        var (compressed, text) = Compress([(Step.Run, 20, 3, 1, 65), (Step.Match, 1, 200, 5, 0)]);
        foreach (var wrong in new[] { 0, text.Length - 1, text.Length + 1, int.MaxValue })
        {
            Assert.True(Fails(Rdb(compressed, wrong), decode: false));
            Assert.True(Fails(Rdb(compressed, wrong), decode: true));
        }

        Assert.False(Fails(Rdb(compressed, text.Length), decode: true));
    }

    [Fact]
    public void A_long_value_passes_in_pieces_through_little_memory()
    {
        const int Matches = 1_000_000;
        byte[] match = [0xE0, 255, 0];
        byte[] compressed = [0, 65, .. Enumerable.Repeat(match, Matches).SelectMany(bytes => bytes)];
        var rdb = Rdb(compressed, 1 + (Matches * 264));
        var value = new PieceVisitor { Hold = false };
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
        reader.Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.DecodeValue(value);
        Assert.Equal(1 + (Matches * 264L), value.Length);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static byte[] Rdb(byte[] compressed, int length) =>
        new RdbBytes("REDIS0010").Key(0).Raw(0xC3).Number((uint)compressed.Length).Number((uint)length).Raw(compressed).End();

    private static bool Fails(byte[] rdb, bool decode)
    {
        try
        {
            var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
            reader.Read();
            if (decode)
            {
                reader.DecodeValue(new RecordedValue());
            }

            reader.Read();
            return false;
        }
        catch (RdbCorruptException)
        {
            return true;
        }
    }

    private static (byte[] Compressed, byte[] Text) Compress((Step Step, int Run, int Match, int Distance, byte Value)[] steps)
    {
        var compressed = new List<byte>();
        var text = new List<byte>();
        foreach (var (step, run, match, distance, value) in steps)
        {
            if (step == Step.Run || text.Count == 0)
            {
                compressed.Add((byte)(run - 1));
                for (var index = 0; index < run; index++)
                {
                    compressed.Add((byte)(value + (index * 7)));
                    text.Add((byte)(value + (index * 7)));
                }
            }
            else
            {
                var back = Math.Min(distance, text.Count) - 1;
                var length = match - 2;
                compressed.Add((byte)(((length < 7 ? length : 7) << 5) | (back >> 8)));
                if (length >= 7)
                {
                    compressed.Add((byte)(length - 7));
                }

                compressed.Add((byte)back);
                for (var index = 0; index < match; index++)
                {
                    text.Add(text[^(back + 1)]);
                }
            }
        }

        return ([.. compressed], [.. text]);
    }

    private sealed class PieceVisitor : RdbVisitor
    {
        public bool Hold { get; init; } = true;

        public List<byte> Bytes { get; } = [];

        public long Length { get; private set; }

        public int Longest { get; private set; }

        public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
        {
            Length += bytes.Length;
            Longest = Math.Max(Longest, bytes.Length);
            if (Hold)
            {
                Bytes.AddRange(bytes);
            }
        }
    }
}
