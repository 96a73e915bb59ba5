using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// A listpack (listpack.c of Redis): four bytes with its length and two with the number of entries (65535: not known), the entries, and the
/// byte FF. Each entry ends with its own length, seven bits a byte, the upper bit set in all but the first.
/// </summary>
internal sealed class ListpackCursor : PackedCursor
{
    private const int HeadLength = 6;
    private const ushort UnknownCount = ushort.MaxValue;
    private const byte End = 0xFF;

    private ushort _announced;
    private int _headerLength;

    /// <inheritdoc />
    public override bool MoveNext()
    {
        if (Left < 1)
        {
            throw Window.Corrupt("a listpack has no end");
        }

        var first = Window.TakeByte();
        if (first == End)
        {
            if (Left != 0 || (_announced != UnknownCount && _announced != Count))
            {
                throw Window.Corrupt($"a listpack of {_announced} entries ends after {Count}, {Left} bytes before its end");
            }

            return false;
        }

        Count++;
        switch (first)
        {
            case < 0x80:
                SetInteger(first, 1);
                break;
            case < 0xC0:
                SetString(first & 0x3F, 1);
                break;
            case < 0xE0:
                SetInteger(((((first & 0x1F) << 8) | Next(1)[0]) << 19) >> 19, 2);
                break;
            case < 0xF0:
                SetString(((first & 0x0F) << 8) | Next(1)[0], 2);
                break;
            case 0xF0:
                SetString(BinaryPrimitives.ReadUInt32LittleEndian(Next(4)), 5);
                break;
            case 0xF1:
                SetInteger(BinaryPrimitives.ReadInt16LittleEndian(Next(2)), 3);
                break;
            case 0xF2:
                SetInteger(Read24(Next(3)), 4);
                break;
            case 0xF3:
                SetInteger(BinaryPrimitives.ReadInt32LittleEndian(Next(4)), 5);
                break;
            case 0xF4:
                SetInteger(BinaryPrimitives.ReadInt64LittleEndian(Next(8)), 9);
                break;
            default:
                throw Window.Corrupt($"there is no entry of a listpack that begins with the byte {first:x2}");
        }

        return true;
    }

    /// <summary>Three bytes, little-endian, with a sign.</summary>
    internal static int Read24(ReadOnlySpan<byte> bytes) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) >> 8;

    /// <inheritdoc />
    protected override void Begin(long length)
    {
        if (length < HeadLength + 1)
        {
            throw Window.Corrupt($"a string of {length} bytes is too short for a listpack");
        }

        var head = Window.Take(HeadLength);
        var total = BinaryPrimitives.ReadUInt32LittleEndian(head);
        _announced = BinaryPrimitives.ReadUInt16LittleEndian(head[sizeof(uint)..]);
        if (total != length)
        {
            throw Window.Corrupt($"a listpack says that it has {total} bytes, and has {length}");
        }
    }

    /// <inheritdoc />
    protected override void EndEntry()
    {
        var length = _headerLength + (IsInteger ? 0 : Length);
        var bytes = length switch
        {
            <= 127 => 1,
            < 16383 => 2,
            < 2097151 => 3,
            < 268435455 => 4,
            _ => 5,
        };
        Require(bytes);
        var back = Window.Take(bytes);
        long told = back[0];
        var marked = back[0] < 0x80;
        for (var index = 1; index < bytes; index++)
        {
            told = (told << 7) | (uint)(back[index] & 0x7F);
            marked &= back[index] >= 0x80;
        }

        if (told != length || !marked)
        {
            throw Window.Corrupt($"an entry of a listpack has {length} bytes, and says otherwise behind them");
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        Require(count);
        return Window.Take(count);
    }

    private void SetInteger(long value, int header)
    {
        IsInteger = true;
        Integer = value;
        _headerLength = header;
    }

    private void SetString(long length, int header)
    {
        Require(length);
        IsInteger = false;
        Length = length;
        _headerLength = header;
    }
}
