using CsCheck;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class Crc64XzTests
{
    [Fact]
    public void Has_the_check_value_of_CRC_64_XZ()
    {
        Assert.Equal(0x995dc9bbdf1939faUL, Crc64Xz.Append(0, "123456789"u8));
        Assert.Equal(0UL, Crc64Xz.Append(0, []));
    }

    [Fact]
    public void Folding_agrees_with_the_definition_at_every_length()
    {
        var data = new byte[1500];
        new Random(1).NextBytes(data);
        for (var length = 0; length <= data.Length; length++)
        {
            var bytes = data.AsSpan(0, length);
            var expected = Bitwise(bytes);
            Assert.Equal(expected, Crc64Xz.Append(0, bytes));
            Assert.Equal(expected, Crc64Xz.AppendPortable(0, bytes));
        }
    }

    [Fact]
    public void Parts_give_the_CRC_of_the_whole() => Gen.Select(Gen.Byte.Array[0, 5000], Gen.Int[0, 5000]).Sample((data, cut) =>
    {
        cut = Math.Min(cut, data.Length);
        var whole = Crc64Xz.Append(0, data);
        var first = Crc64Xz.Append(0, data.AsSpan(0, cut));
        var second = Crc64Xz.Append(0, data.AsSpan(cut));
        return Crc64Xz.Append(first, data.AsSpan(cut)) == whole && Crc64Xz.Combine(first, second, data.Length - cut) == whole;
    });

    private static ulong Bitwise(ReadOnlySpan<byte> data)
    {
        var crc = ulong.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xc96c5795d7870f42 : crc >> 1;
            }
        }

        return ~crc;
    }
}
