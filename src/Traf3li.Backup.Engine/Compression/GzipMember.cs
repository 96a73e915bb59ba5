using System.Buffers.Binary;
using System.IO.Hashing;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>The frame of a gzip member around its deflate data. Source: RFC 1952.</summary>
internal static class GzipMember
{
    /// <summary>The header that we write: no name, no time, unknown system.</summary>
    public static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

    /// <summary>The size of CRC-32 and length behind the data.</summary>
    public const int TrailerSize = 8;

    /// <summary>The most that a member takes whose data are stored uncompressed: five bytes for each 65,535.</summary>
    public static int Bound(int size) => size + (5 * ((size / 65535) + 1)) + 10 + TrailerSize;

    /// <summary>Whether bytes may be the beginning of a member; fewer than three may.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> magic = Header[..3];
        var length = Math.Min(bytes.Length, magic.Length);
        return bytes[..length].SequenceEqual(magic[..length]);
    }

    /// <summary>The CRC-32 and the length modulo 2^32, as they stand behind the data.</summary>
    public static ulong Trailer(uint crc, long length) => crc | ((ulong)(uint)length << 32);

    /// <summary>Writes what stands behind the data.</summary>
    public static void WriteTrailer(Span<byte> output, ReadOnlySpan<byte> plain) =>
        BinaryPrimitives.WriteUInt64LittleEndian(output, Trailer(Crc32.HashToUInt32(plain), plain.Length));

    /// <summary>The length of a member's header; 0 if more bytes are needed, -1 if it is none.</summary>
    public static int MeasureHeader(ReadOnlySpan<byte> bytes)
    {
        if (!IsMagic(bytes))
        {
            return -1;
        }

        if (bytes.Length < 10)
        {
            return 0;
        }

        var flags = bytes[3];
        if ((flags & 0xe0) != 0)
        {
            return -1;
        }

        var position = 10;
        if ((flags & 4) != 0)
        {
            if (bytes.Length < position + 2)
            {
                return 0;
            }

            position += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[position..]);
        }

        for (var text = flags & 0x18; text != 0; text &= text - 1)
        {
            var end = position < bytes.Length ? bytes[position..].IndexOf((byte)0) : -1;
            if (end < 0)
            {
                return 0;
            }

            position += end + 1;
        }

        position += (flags & 2) != 0 ? 2 : 0;
        return position <= bytes.Length ? position : 0;
    }
}
