using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Small hashes of Redis 2.4 and older (zipmap.c): a byte with the number of fields (254 and more: not known), then fields and values, each
/// behind its length, and the byte FF. A length from 254 on is the byte FE and four more; behind the length of a value stands how many
/// bytes behind the value are unused.
/// </summary>
internal static class ZipmapParser
{
    private const byte LongLength = 0xFE;
    private const byte End = 0xFF;

    /// <summary>Reads a zipmap.</summary>
    public static long Parse(ByteWindow window, long length, RdbVisitor? visitor)
    {
        var stop = window.Offset + length;
        var announced = ReadByte(window, stop);
        var count = 0L;
        for (var first = ReadByte(window, stop); first != End; first = ReadByte(window, stop))
        {
            count++;
            window.Emit(visitor, RdbPart.HashField, ReadLength(window, stop, first));
            first = ReadByte(window, stop);
            if (first == End)
            {
                throw window.Corrupt("a zipmap ends behind a field that has no value");
            }

            var value = ReadLength(window, stop, first);
            var unused = ReadByte(window, stop);
            Require(window, stop, value + unused);
            window.Emit(visitor, RdbPart.HashValue, value);
            window.Skip(unused);
        }

        return window.Offset == stop && (announced >= LongLength || announced == count)
            ? count
            : throw window.Corrupt($"a zipmap of {announced} fields ends after {count}, {stop - window.Offset} bytes before its end");
    }

    private static long ReadLength(ByteWindow window, long stop, byte first)
    {
        long length = first;
        if (first == LongLength)
        {
            Require(window, stop, sizeof(uint));
            length = BinaryPrimitives.ReadUInt32LittleEndian(window.Take(sizeof(uint)));
        }

        Require(window, stop, length);
        return length;
    }

    private static byte ReadByte(ByteWindow window, long stop)
    {
        Require(window, stop, 1);
        return window.TakeByte();
    }

    private static void Require(ByteWindow window, long stop, long bytes)
    {
        if (bytes > stop - window.Offset)
        {
            throw window.Corrupt("a zipmap reaches beyond its end");
        }
    }
}
