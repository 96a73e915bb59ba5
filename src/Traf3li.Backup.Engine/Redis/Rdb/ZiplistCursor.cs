using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// A ziplist (ziplist.c of Redis): its length and the place of its last entry, four bytes each, two with the number of entries (65535: not
/// known), the entries, and the byte FF. Each entry begins with the length of the one before it.
/// </summary>
internal sealed class ZiplistCursor : PackedCursor
{
    private const int HeadLength = 10;
    private const ushort UnknownCount = ushort.MaxValue;
    private const byte LongPrevious = 0xFE;
    private const byte End = 0xFF;

    private long _start;
    private long _announcedLast;
    private ushort _announced;
    private long _entry;
    private long _previousLength;

    /// <inheritdoc />
    public override bool MoveNext()
    {
        if (Left < 1)
        {
            throw Window.Corrupt("a ziplist has no end");
        }

        var place = Window.Offset;
        var first = Window.TakeByte();
        if (first == End)
        {
            CheckEnd();
            return false;
        }

        Count++;
        _entry = place;
        var previous = first == LongPrevious ? BinaryPrimitives.ReadUInt32LittleEndian(Next(sizeof(uint))) : first;
        if (previous != _previousLength)
        {
            throw Window.Corrupt($"an _entry of a ziplist says that {previous} bytes are before it, and it is {_previousLength}");
        }

        ReadEncoding(Next(1)[0]);
        return true;
    }

    /// <inheritdoc />
    protected override void Begin(long length)
    {
        if (length < HeadLength + 1)
        {
            throw Window.Corrupt($"a string of {length} bytes is too short for a ziplist");
        }

        _start = Window.Offset;
        _entry = _start + HeadLength;
        _previousLength = 0;
        var head = Window.Take(HeadLength);
        var total = BinaryPrimitives.ReadUInt32LittleEndian(head);
        _announcedLast = BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(uint)..]);
        _announced = BinaryPrimitives.ReadUInt16LittleEndian(head[(2 * sizeof(uint))..]);
        if (total != length)
        {
            throw Window.Corrupt($"a ziplist says that it has {total} bytes, and has {length}");
        }
    }

    /// <inheritdoc />
    protected override void EndEntry() => _previousLength = Window.Offset - _entry;

    private void CheckEnd()
    {
        if (Left != 0 || (_announced != UnknownCount && _announced != Count))
        {
            throw Window.Corrupt($"a ziplist of {_announced} entries ends after {Count}, {Left} bytes before its end");
        }

        if (Count > 0 && _announcedLast != _entry - _start)
        {
            throw Window.Corrupt($"the last _entry of a ziplist is at its byte {_entry - _start}, and it says {_announcedLast}");
        }
    }

    private void ReadEncoding(byte encoding)
    {
        switch (encoding)
        {
            case < 0x40:
                SetString(encoding);
                break;
            case < 0x80:
                SetString(((encoding & 0x3F) << 8) | Next(1)[0]);
                break;
            case < 0xC0:
                SetString(BinaryPrimitives.ReadUInt32BigEndian(Next(4)));
                break;
            case 0xC0:
                SetInteger(BinaryPrimitives.ReadInt16LittleEndian(Next(2)));
                break;
            case 0xD0:
                SetInteger(BinaryPrimitives.ReadInt32LittleEndian(Next(4)));
                break;
            case 0xE0:
                SetInteger(BinaryPrimitives.ReadInt64LittleEndian(Next(8)));
                break;
            case 0xF0:
                SetInteger(ListpackCursor.Read24(Next(3)));
                break;
            case 0xFE:
                SetInteger((sbyte)Next(1)[0]);
                break;
            case > 0xF0 and < 0xFE:
                SetInteger(encoding - 0xF1);
                break;
            default:
                throw Window.Corrupt($"there is no _entry of a ziplist of the encoding {encoding:x2}");
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        Require(count);
        return Window.Take(count);
    }

    private void SetInteger(long value)
    {
        IsInteger = true;
        Integer = value;
    }

    private void SetString(long length)
    {
        Require(length);
        IsInteger = false;
        Length = length;
    }
}
