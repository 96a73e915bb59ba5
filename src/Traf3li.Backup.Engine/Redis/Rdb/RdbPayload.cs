using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// What DUMP answers and RESTORE takes: the type, the value, and a footer of the RDB version (two bytes) and the CRC of everything before
/// the CRC (eight bytes), both little-endian (cluster.c of Redis, createDumpPayload).
/// </summary>
internal static class RdbPayload
{
    /// <summary>The length of the footer, bytes.</summary>
    public const int FooterLength = sizeof(ushort) + sizeof(ulong);

    /// <summary>Writes the footer.</summary>
    /// <param name="destination">At least <see cref="FooterLength" /> bytes.</param>
    /// <param name="version">The RDB version.</param>
    /// <param name="crc">The CRC of type and value.</param>
    public static void WriteFooter(Span<byte> destination, int version, ulong crc)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)version);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ushort)..], Crc64Jones.Append(crc, destination[..sizeof(ushort)]));
    }

    /// <summary>The RDB version in the footer; 0 where there is no footer.</summary>
    public static int VersionOf(ReadOnlySpan<byte> payload) => payload.Length > FooterLength ? BinaryPrimitives.ReadUInt16LittleEndian(payload[^FooterLength..]) : 0;

    /// <summary>Checks the footer and takes it off.</summary>
    /// <param name="payload">What DUMP answered.</param>
    /// <param name="place">For errors.</param>
    /// <param name="version">The RDB version of the footer.</param>
    /// <returns>The type and the value.</returns>
    /// <exception cref="RdbCorruptException">The payload is too short, or its CRC is another one.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> payload, RdbPlace place, out int version)
    {
        if (payload.Length <= FooterLength)
        {
            throw place.Corrupt(0, $"{payload.Length} bytes are too few for a dumped value");
        }

        CheckFooter(payload[^FooterLength..], Crc64Jones.Append(0, payload[..^FooterLength]), place, out version);
        return payload[..^FooterLength];
    }

    /// <summary>Checks the footer of a payload that came in pieces.</summary>
    /// <param name="footer">The last <see cref="FooterLength" /> bytes.</param>
    /// <param name="crc">The CRC of everything before them.</param>
    /// <param name="place">For errors.</param>
    /// <param name="version">The RDB version in it.</param>
    /// <exception cref="RdbCorruptException">The CRC is another one.</exception>
    public static void CheckFooter(ReadOnlySpan<byte> footer, ulong crc, RdbPlace place, out int version)
    {
        version = BinaryPrimitives.ReadUInt16LittleEndian(footer);
        var expected = BinaryPrimitives.ReadUInt64LittleEndian(footer[sizeof(ushort)..]);
        var actual = Crc64Jones.Append(crc, footer[..sizeof(ushort)]);

        // A server that was told to write no checksums writes 0 here too.
        if (expected != actual && expected != 0)
        {
            throw place.Corrupt(0, $"a dumped value has the checksum {actual:x16}, not {expected:x16}");
        }
    }

    /// <summary>Decodes what DUMP answered, element by element.</summary>
    /// <param name="payload">What DUMP answered.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="visitor">Gets the elements; null to check them only.</param>
    /// <returns>The data type, and what was seen of the value.</returns>
    /// <exception cref="RdbCorruptException">The payload is damaged.</exception>
    /// <exception cref="RdbUnsupportedException">It is of a newer version than the known ones.</exception>
    public static (RdbDataType Type, RdbValueFacts Facts) Decode(ReadOnlyMemory<byte> payload, string name, RdbVisitor? visitor)
    {
        using var stream = MemoryMarshal.TryGetArray(payload, out var held)
            ? new MemoryStream(held.Array!, held.Offset, held.Count, writable: false)
            : new MemoryStream(payload.ToArray(), writable: false);
        return Decode(stream, name, visitor);
    }

    /// <summary>The same of a payload that is too long for memory.</summary>
    /// <param name="payload">What DUMP answered: a stream that can seek, and that holds nothing else.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="visitor">Gets the elements; null to check them only.</param>
    public static (RdbDataType Type, RdbValueFacts Facts) Decode(Stream payload, string name, RdbVisitor? visitor)
    {
        var place = new RdbPlace(name);
        Span<byte> footer = stackalloc byte[FooterLength];
        if (payload.Length <= FooterLength)
        {
            throw place.Corrupt(0, $"{payload.Length} bytes are too few for a dumped value");
        }

        payload.Position = payload.Length - FooterLength;
        payload.ReadExactly(footer);
        payload.Position = 0;
        var header = RdbHeader.OfPayload(BinaryPrimitives.ReadUInt16LittleEndian(footer));
        var window = new StreamWindow(payload, place, 0);
        var primitives = new RdbPrimitives(window, place);
        var values = new ValueParser(window, primitives, place);
        var type = window.TakeByte();
        if (!header.IsKnown || RdbType.DataTypeOf(type, header.Dialect) is not { } dataType)
        {
            throw place.Unsupported($"a dumped value of the type {type} and the version {header.Version} is not known");
        }

        var start = window.Offset;
        var elements = values.Parse(type, header.Dialect, visitor);
        var facts = new RdbValueFacts(elements, window.Offset - start);
        if (window.Offset != payload.Length - FooterLength)
        {
            throw window.Corrupt("a dumped value goes on behind its end");
        }

        window.Take(sizeof(ushort));
        var actual = window.Crc;
        var crc = BinaryPrimitives.ReadUInt64LittleEndian(footer[sizeof(ushort)..]);

        // A server that was told to write no checksums writes 0 here too.
        return crc == actual || crc == 0
            ? (dataType, facts)
            : throw place.Corrupt(0, $"a dumped value has the checksum {actual:x16}, not {crc:x16}");
    }
}
