using System.Buffers.Binary;
using System.Buffers.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Lengths, strings and numbers of an RDB (rdb.h and rdb.c of Redis). The upper two bits of a length's first byte say how it goes on: six
/// bits, fourteen bits, 32 or 64 bits big-endian, or a string in a special encoding.
/// </summary>
internal sealed class RdbPrimitives(StreamWindow window, RdbPlace place)
{
    /// <summary>The longest key, name or text that is held in memory, bytes.</summary>
    public const int LongestName = 64 << 20;

    /// <summary>The most digits of a 64-bit number, with its sign.</summary>
    public const int IntegerDigits = 20;

    private const byte Integer8 = 0xC0;
    private const byte Integer16 = 0xC1;
    private const byte Integer32 = 0xC2;
    private const byte Lzf = 0xC3;

    private readonly LzfWindow _lzf = new(window);
    private byte[] _name = new byte[256];

    /// <summary>A length, a count or an unsigned number.</summary>
    public ulong ReadNumber()
    {
        var first = window.TakeByte();
        return (first >> 6) switch
        {
            0 => first,
            1 => ((ulong)(first & 0x3F) << 8) | window.TakeByte(),
            2 => first switch
            {
                0x80 => BinaryPrimitives.ReadUInt32BigEndian(window.Take(sizeof(uint))),
                0x81 => BinaryPrimitives.ReadUInt64BigEndian(window.Take(sizeof(ulong))),
                _ => throw window.Corrupt($"there is no length that begins with the byte {first:x2}"),
            },
            _ => throw window.Corrupt("a string stands where a length should"),
        };
    }

    /// <summary>A number that counts something that follows.</summary>
    public long ReadCount()
    {
        var number = ReadNumber();
        return number <= long.MaxValue ? (long)number : throw window.Corrupt($"a count of {number} is too large");
    }

    /// <summary>A time: milliseconds since 1970, eight bytes little-endian.</summary>
    public long ReadTime() => BinaryPrimitives.ReadInt64LittleEndian(window.Take(sizeof(long)));

    /// <summary>What stands before the bytes of a string.</summary>
    public RdbStringHeader ReadStringHeader()
    {
        var first = window.Peek(1)[0];
        if (first < Integer8)
        {
            return new RdbStringHeader(RdbStringEncoding.Plain, ReadCount(), 0, 0);
        }

        window.Advance(1);
        switch (first)
        {
            case Integer8:
                return new RdbStringHeader(RdbStringEncoding.Integer, 0, 0, (sbyte)window.TakeByte());
            case Integer16:
                return new RdbStringHeader(RdbStringEncoding.Integer, 0, 0, BinaryPrimitives.ReadInt16LittleEndian(window.Take(sizeof(short))));
            case Integer32:
                return new RdbStringHeader(RdbStringEncoding.Integer, 0, 0, BinaryPrimitives.ReadInt32LittleEndian(window.Take(sizeof(int))));
            case Lzf:
                var compressed = ReadCount();
                return new RdbStringHeader(RdbStringEncoding.Lzf, ReadCount(), compressed, 0);
            default:
                throw window.Corrupt($"there is no string that begins with the byte {first:x2}");
        }
    }

    /// <summary>Gives a string to a visitor, or only checks it where there is none.</summary>
    public void EmitString(RdbVisitor? visitor, RdbPart part)
    {
        var header = ReadStringHeader();
        switch (header.Encoding)
        {
            case RdbStringEncoding.Plain:
                window.Emit(visitor, part, header.Length);
                break;
            case RdbStringEncoding.Integer:
                EmitInteger(visitor, part, header.Integer);
                break;
            default:
                if (visitor is null)
                {
                    LzfWindow.Check(window, header.Compressed, header.Length);
                }
                else
                {
                    _lzf.Open(header.Compressed, header.Length);
                    _lzf.Emit(visitor, part, header.Length);
                    _lzf.Close();
                }

                break;
        }
    }

    /// <summary>Gives the decimal digits of a number to a visitor.</summary>
    public static void EmitInteger(RdbVisitor? visitor, RdbPart part, long number)
    {
        if (visitor is not null)
        {
            Span<byte> digits = stackalloc byte[IntegerDigits];
            Utf8Formatter.TryFormat(number, digits, out var length);
            visitor.OnBytes(part, digits[..length], 0);
        }
    }

    /// <summary>A name or text that is held whole. The span holds until the next one is read.</summary>
    public ReadOnlySpan<byte> ReadName()
    {
        var header = ReadStringHeader();
        if (header.Encoding == RdbStringEncoding.Integer)
        {
            Utf8Formatter.TryFormat(header.Integer, _name, out var digits);
            return _name.AsSpan(0, digits);
        }

        var source = OpenName(header);
        var length = 0;
        while (length < header.Length)
        {
            var piece = source.TakeSome(header.Length - length);
            if (length + piece.Length > _name.Length)
            {
                Array.Resize(ref _name, Math.Max(length + piece.Length, 2 * _name.Length));
            }

            piece.CopyTo(_name.AsSpan(length));
            length += piece.Length;
        }

        CloseNested(source);
        return _name.AsSpan(0, length);
    }

    /// <summary>Reads a key into the place.</summary>
    public void ReadKey()
    {
        var header = ReadStringHeader();
        place.EnterKey();
        if (header.Encoding == RdbStringEncoding.Integer)
        {
            Span<byte> digits = stackalloc byte[IntegerDigits];
            Utf8Formatter.TryFormat(header.Integer, digits, out var length);
            place.AppendKey(digits[..length]);
            return;
        }

        var source = OpenName(header);
        for (var left = header.Length; left > 0;)
        {
            var piece = source.TakeSome(left);
            left -= piece.Length;
            place.AppendKey(piece);
        }

        CloseNested(source);
    }

    /// <summary>Begins a string that holds a structure; what is read from the window it returns is that structure.</summary>
    public ByteWindow OpenNested(out long length)
    {
        var header = ReadStringHeader();
        length = header.Length;
        return header.Encoding == RdbStringEncoding.Integer ? throw window.Corrupt("a number stands where a structure should") : Open(header);
    }

    /// <summary>Ends such a string.</summary>
    public void CloseNested(ByteWindow nested)
    {
        if (ReferenceEquals(nested, _lzf))
        {
            _lzf.Close();
        }
    }

    private ByteWindow OpenName(RdbStringHeader header) => header.Length <= LongestName
        ? Open(header)
        : throw place.Unsupported($"a key or _name of {header.Length} bytes is longer than the {LongestName} bytes that are read");

    private ByteWindow Open(RdbStringHeader header)
    {
        if (header.Encoding == RdbStringEncoding.Plain)
        {
            return window;
        }

        _lzf.Open(header.Compressed, header.Length);
        return _lzf;
    }
}
