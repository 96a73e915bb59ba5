using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>Looks at documents as bytes, without decoding them. Nothing here throws on hostile bytes.</summary>
internal static class RawBson
{
    /// <summary>The least document: a length and an end.</summary>
    public const int MinSize = 5;

    private const byte NotFixed = 0xff;

    /// <summary>How deep documents may nest. The server's bound is 200 and cannot be set above 250.</summary>
    public const int MaxDepth = 256;

    /// <summary>How long the values of each type are, bytes, from <see cref="BsonType.End" /> to <see cref="BsonType.Decimal128" />.</summary>
    private static ReadOnlySpan<byte> FixedSizes =>
    [
        NotFixed, 8, NotFixed, NotFixed, NotFixed, NotFixed, 0, 12, NotFixed, 8,
        0, NotFixed, NotFixed, NotFixed, NotFixed, NotFixed, 4, 8, 8, 16,
    ];

    /// <summary>Reads the length that a document begins with; false if it can be none.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;
        return length >= MinSize;
    }

    /// <summary>Whether the document's first field is <c>_id</c>.</summary>
    public static bool BeginsWithId(ReadOnlySpan<byte> document) => document.Length > 8 && document[5..9].SequenceEqual("_id\0"u8);

    /// <summary>Finds the first element of a name; false when there is none or the document is damaged before it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name, out RawBsonReader element)
    {
        element = new RawBsonReader(document);
        while (element.Read())
        {
            if (element.Name.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a top-level field holds Timestamp(0, 0), which a server replaces by its own time on insert.</summary>
    public static bool HasEmptyTimestamp(ReadOnlySpan<byte> document)
    {
        var reader = new RawBsonReader(document);
        while (reader.Read())
        {
            if (reader.Type == BsonType.Timestamp && BinaryPrimitives.ReadUInt64LittleEndian(reader.Value) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Checks the whole structure of one document: every length, terminator, type and Boolean, at any depth up to <see cref="MaxDepth" />.
    /// </summary>
    [SkipLocalsInit]
    public static bool TryValidate(ReadOnlySpan<byte> document, out string error)
    {
        error = "";
        if (!TryReadLength(document, out var length) || length != document.Length)
        {
            error = $"a document of {document.Length} bytes says that it has {length}";
            return false;
        }

        Span<int> ends = stackalloc int[MaxDepth];
        var depth = 0;
        var end = length - 1;
        var position = 4;
        while (true)
        {
            if (position == end)
            {
                if (document[position] != 0)
                {
                    error = $"a document does not end with 00 at byte {position}";
                    return false;
                }

                position++;
                if (depth == 0)
                {
                    return true;
                }

                end = ends[--depth];
                continue;
            }

            var type = (BsonType)document[position];
            var nameLength = MeasureName(document[(position + 1)..end]);
            if (nameLength < 0)
            {
                error = $"a field name has no end at byte {position}";
                return false;
            }

            var start = position + nameLength + 2;
            var value = document[start..end];
            var size = FixedSize(type);
            if (size != NotFixed && size <= value.Length)
            {
                position = start + size;
                continue;
            }

            if (type is BsonType.Document or BsonType.Array or BsonType.JavaScriptWithScope)
            {
                var head = 0;
                var outer = 0;
                if (type == BsonType.JavaScriptWithScope && !TryMeasureScope(value, out head, out outer))
                {
                    error = $"code with scope does not fit at byte {position}";
                    return false;
                }

                var inner = value[head..];
                if (!TryReadLength(inner, out var innerLength) || innerLength > inner.Length || (outer != 0 && head + innerLength != outer))
                {
                    error = $"an embedded document does not fit at byte {position}";
                    return false;
                }

                if (depth + 1 == MaxDepth)
                {
                    error = $"documents nest deeper than {MaxDepth} at byte {position}";
                    return false;
                }

                ends[depth++] = end;
                end = start + head + innerLength - 1;
                position = start + head + 4;
                continue;
            }

            size = type == BsonType.String ? MeasureString(value) : Measure(type, value);
            if (size < 0)
            {
                error = size == UnknownType ? $"0x{(byte)type:x2} at byte {position} is no BSON type" : $"a value of type {type} does not fit at byte {position}";
                return false;
            }

            position = start + size;
        }
    }

    /// <summary>A type byte that BSON does not have.</summary>
    internal const int UnknownType = -2;

    /// <summary>A value that is longer than what is left, or not as its type wants it.</summary>
    internal const int DoesNotFit = -1;

    /// <summary>
    /// How long a value is, bytes, or <see cref="DoesNotFit" /> or <see cref="UnknownType" />. Of embedded documents only the length is
    /// looked at.
    /// </summary>
    internal static int Measure(BsonType type, ReadOnlySpan<byte> value)
    {
        var size = FixedSize(type);
        if (size != NotFixed)
        {
            return size <= value.Length ? size : DoesNotFit;
        }

        switch (type)
        {
            case BsonType.MinKey or BsonType.MaxKey:
                return 0;
            case BsonType.Boolean:
                return !value.IsEmpty && value[0] <= 1 ? 1 : DoesNotFit;
            case BsonType.String or BsonType.JavaScript or BsonType.Symbol:
                return MeasureString(value);
            case BsonType.Binary:
                return MeasureBinary(value);
            case BsonType.RegularExpression:
                return MeasureRegularExpression(value);
            case BsonType.DbPointer:
                return MeasureString(value) is var text and >= 0 && value.Length - text >= 12 ? text + 12 : DoesNotFit;
            case BsonType.Document or BsonType.Array:
                return TryReadLength(value, out var length) && length <= value.Length ? length : DoesNotFit;
            case BsonType.JavaScriptWithScope:
                return TryMeasureScope(value, out _, out var whole) ? whole : DoesNotFit;
            default:
                return UnknownType;
        }
    }

    /// <summary>How long a field name is, bytes, without its end; negative when it has none. Most names are shorter than two words of the processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int MeasureName(ReadOnlySpan<byte> name)
    {
        var skipped = 0;
        for (; skipped < 2 * sizeof(ulong) && name.Length - skipped >= sizeof(ulong); skipped += sizeof(ulong))
        {
            // The lowest marked byte is the first zero (the others above it may be marked wrongly).
            var word = BinaryPrimitives.ReadUInt64LittleEndian(name[skipped..]);
            var zeros = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
            if (zeros != 0)
            {
                return skipped + (BitOperations.TrailingZeroCount(zeros) >> 3);
            }
        }

        var rest = name[skipped..].IndexOf((byte)0);
        return rest < 0 ? rest : skipped + rest;
    }

    // A table, because a jump by the type would be guessed wrongly at every other field.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FixedSize(BsonType type) => (int)type < FixedSizes.Length ? FixedSizes[(int)type] : NotFixed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MeasureString(ReadOnlySpan<byte> value)
    {
        if (value.Length < 5)
        {
            return DoesNotFit;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(value);
        return length >= 1 && length <= value.Length - 4 && value[3 + length] == 0 ? 4 + length : DoesNotFit;
    }

    private static int MeasureBinary(ReadOnlySpan<byte> value)
    {
        if (value.Length < 5)
        {
            return DoesNotFit;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(value);
        return length >= 0 && length <= value.Length - 5 ? 5 + length : DoesNotFit;
    }

    private static int MeasureRegularExpression(ReadOnlySpan<byte> value)
    {
        var pattern = value.IndexOf((byte)0);
        if (pattern < 0)
        {
            return DoesNotFit;
        }

        var options = value[(pattern + 1)..].IndexOf((byte)0);
        return options < 0 ? DoesNotFit : pattern + options + 2;
    }

    /// <summary>Measures what stands before the scope (the length and the code) and the whole value.</summary>
    private static bool TryMeasureScope(ReadOnlySpan<byte> value, out int head, out int whole)
    {
        head = 0;
        whole = value.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(value) : 0;
        if (whole < 4 + 5 + MinSize || whole > value.Length)
        {
            return false;
        }

        var code = MeasureString(value[4..whole]);
        head = 4 + code;
        return code >= 0;
    }
}
