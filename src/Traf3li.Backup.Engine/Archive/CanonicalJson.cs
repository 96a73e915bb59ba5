using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Canonical Extended JSON v2 of raw BSON, as the Go driver writes it for mongodump: no spaces, keys in their order, numbers as Go
/// formats them. Source: the Extended JSON specification 2.1 and mongo-go-driver v2, bson/extjson_writer.go.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>How deep documents may nest: the server's bound.</summary>
    public const int MaxDepth = 200;

    /// <summary>Appends one document.</summary>
    /// <exception cref="InvalidDataException">It is no BSON, or nests deeper than a server allows.</exception>
    public static void AppendDocument(StringBuilder text, ReadOnlySpan<byte> document) => AppendElements(text, document, isArray: false, depth: 0);

    /// <summary>Appends a string in quotes.</summary>
    public static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\u2028' or '\u2029' => text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    private static void AppendElements(StringBuilder text, ReadOnlySpan<byte> document, bool isArray, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"A document nests deeper than {MaxDepth}.");
        }

        text.Append(isArray ? '[' : '{');
        var reader = new RawBsonReader(document);
        var first = true;
        while (reader.Read())
        {
            if (!first)
            {
                text.Append(',');
            }

            first = false;
            if (!isArray)
            {
                AppendString(text, Encoding.UTF8.GetString(reader.Name));
                text.Append(':');
            }

            AppendValue(text, reader.Type, reader.Value, depth);
        }

        if (reader.IsDamaged)
        {
            throw new InvalidDataException("A document is no valid BSON.");
        }

        text.Append(isArray ? ']' : '}');
    }

    private static void AppendValue(StringBuilder text, BsonType type, ReadOnlySpan<byte> value, int depth)
    {
        switch (type)
        {
            case BsonType.Document or BsonType.Array:
                AppendElements(text, value, type == BsonType.Array, depth + 1);
                break;
            case BsonType.String:
                AppendString(text, Text(value));
                break;
            case BsonType.Boolean:
                text.Append(value[0] != 0 ? "true" : "false");
                break;
            case BsonType.Null:
                text.Append("null");
                break;
            case BsonType.Int32:
                Wrap(text, "$numberInt", BinaryPrimitives.ReadInt32LittleEndian(value).ToString(CultureInfo.InvariantCulture));
                break;
            case BsonType.Int64:
                Wrap(text, "$numberLong", BinaryPrimitives.ReadInt64LittleEndian(value).ToString(CultureInfo.InvariantCulture));
                break;
            case BsonType.Double:
                Wrap(text, "$numberDouble", GoNumber.Format(BinaryPrimitives.ReadDoubleLittleEndian(value)));
                break;
            case BsonType.Decimal128:
                Wrap(text, "$numberDecimal", Decimal128.FromIEEEBits(BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), BinaryPrimitives.ReadUInt64LittleEndian(value)).ToString());
                break;
            case BsonType.ObjectId:
                Wrap(text, "$oid", Convert.ToHexString(value).ToLowerInvariant());
                break;
            case BsonType.Symbol:
                Wrap(text, "$symbol", Text(value));
                break;
            case BsonType.JavaScript:
                Wrap(text, "$code", Text(value));
                break;
            case BsonType.DateTime:
                text.Append("{\"$date\":");
                Wrap(text, "$numberLong", BinaryPrimitives.ReadInt64LittleEndian(value).ToString(CultureInfo.InvariantCulture));
                text.Append('}');
                break;
            case BsonType.Timestamp:
                text.Append(CultureInfo.InvariantCulture, $"{{\"$timestamp\":{{\"t\":{BinaryPrimitives.ReadUInt32LittleEndian(value[4..])},\"i\":{BinaryPrimitives.ReadUInt32LittleEndian(value)}}}}}");
                break;
            case BsonType.Binary:
                AppendBinary(text, value);
                break;
            case BsonType.RegularExpression:
                AppendRegularExpression(text, value);
                break;
            case BsonType.JavaScriptWithScope:
                AppendCodeWithScope(text, value, depth);
                break;
            case BsonType.DbPointer:
                text.Append("{\"$dbPointer\":{\"$ref\":");
                AppendString(text, Text(value[..^12]));
                text.Append(",\"$id\":");
                Wrap(text, "$oid", Convert.ToHexString(value[^12..]).ToLowerInvariant());
                text.Append("}}");
                break;
            case BsonType.Undefined:
                text.Append("{\"$undefined\":true}");
                break;
            case BsonType.MinKey:
                text.Append("{\"$minKey\":1}");
                break;
            case BsonType.MaxKey:
                text.Append("{\"$maxKey\":1}");
                break;
            default:
                throw new InvalidDataException($"0x{(byte)type:x2} is no BSON type.");
        }
    }

    private static void AppendBinary(StringBuilder text, ReadOnlySpan<byte> value)
    {
        var subtype = value[4];
        var bytes = value[5..];
        if (subtype == 2 && bytes.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(bytes) == bytes.Length - 4)
        {
            // The old binary subtype has a second length inside; Extended JSON gives the bytes behind it.
            bytes = bytes[4..];
        }

        text.Append("{\"$binary\":{\"base64\":\"").Append(Convert.ToBase64String(bytes));
        text.Append("\",\"subType\":\"").Append(subtype.ToString("x2", CultureInfo.InvariantCulture)).Append("\"}}");
    }

    private static void AppendRegularExpression(StringBuilder text, ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        var options = Encoding.UTF8.GetString(value[(end + 1)..^1]).ToCharArray();
        Array.Sort(options);
        text.Append("{\"$regularExpression\":{\"pattern\":");
        AppendString(text, Encoding.UTF8.GetString(value[..end]));
        text.Append(",\"options\":");
        AppendString(text, new string(options));
        text.Append("}}");
    }

    private static void AppendCodeWithScope(StringBuilder text, ReadOnlySpan<byte> value, int depth)
    {
        var code = BinaryPrimitives.ReadInt32LittleEndian(value[4..]);
        text.Append("{\"$code\":");
        AppendString(text, Text(value.Slice(4, 4 + code)));
        text.Append(",\"$scope\":");
        AppendElements(text, value[(8 + code)..], isArray: false, depth + 1);
        text.Append('}');
    }

    private static void Wrap(StringBuilder text, string key, string value)
    {
        text.Append("{\"").Append(key).Append("\":");
        AppendString(text, value);
        text.Append('}');
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value[4..^1]);
}
