using CsCheck;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

public sealed class Crc64JonesTests
{
    [Fact]
    public void Has_the_check_value_of_Redis()
    {
        Assert.Equal(0xe9c6d914c4b8d9caUL, Crc64Jones.Append(0, "123456789"u8));
        Assert.Equal(0UL, Crc64Jones.Append(0, []));
    }

    [Fact]
    public void Folding_agrees_with_the_definition_at_every_length()
    {
        var data = new byte[1500];
        new Random(2).NextBytes(data);
        for (var length = 0; length <= data.Length; length++)
        {
            var bytes = data.AsSpan(0, length);
            var expected = Bitwise(bytes);
            Assert.Equal(expected, Crc64Jones.Append(0, bytes));
            Assert.Equal(expected, Crc64Jones.AppendPortable(0, bytes));
        }
    }

    [Fact]
    public void Parts_give_the_CRC_of_the_whole() => Gen.Select(Gen.Byte.Array[0, 5000], Gen.Int[0, 5000]).Sample((data, cut) =>
    {
        cut = Math.Min(cut, data.Length);
        var first = Crc64Jones.Append(0, data.AsSpan(0, cut));
        return Crc64Jones.Append(first, data.AsSpan(cut)) == Crc64Jones.AppendPortable(0, data);
    });

    private static ulong Bitwise(ReadOnlySpan<byte> data)
    {
        var crc = 0UL;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x95ac9329ac4bc9b5 : crc >> 1;
            }
        }

        return crc;
    }
}
