using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// The metadata text of a namespace: Extended JSON v2 (canonical from mongodump 4.2 on, mixed before) of options, indexes, uuid,
/// collectionName and type. Source: mongodb/mongo-tools, mongodump/metadata_dump.go.
/// </summary>
/// <param name="Options">The options of listCollections, without uuid; empty when there are none.</param>
/// <param name="Indexes">The specifications of listIndexes in their order.</param>
/// <param name="Uuid">32 hexadecimal digits; null for views, time series and tools before 3.6.</param>
/// <param name="CollectionName">The name without the database; null from tools before 4.4.</param>
/// <param name="Type"><c>collection</c>, <c>view</c> or <c>timeseries</c>; null from tools before 4.4.</param>
internal sealed record ArchiveMetadata(BsonDocument Options, IReadOnlyList<BsonDocument> Indexes, string? Uuid, string? CollectionName, string? Type)
{
    // As deep as a document may nest, within an object and a list, and with values that are written as objects of up to two levels.
    private const int MaxDepth = CanonicalJson.MaxDepth + 6;

    /// <summary>Reads the text. An empty text means: nothing known.</summary>
    public static bool TryParse(string json, out ArchiveMetadata metadata, out string reason)
    {
        metadata = new ArchiveMetadata([], [], null, null, null);
        reason = "";
        if (json.Length == 0)
        {
            return true;
        }

        if (NestsTooDeep(json))
        {
            reason = $"it nests deeper than {MaxDepth}.";
            return false;
        }

        try
        {
            using var reader = new JsonReader(json);
            var document = BsonReading.Read(reader);
            metadata = new ArchiveMetadata(
                document.GetValue("options", BsonNull.Value) as BsonDocument ?? [],
                document.GetValue("indexes", BsonNull.Value) is BsonArray indexes ? [.. indexes.Select(index => index.AsBsonDocument)] : [],
                (document.GetValue("uuid", BsonNull.Value) as BsonString)?.Value,
                (document.GetValue("collectionName", BsonNull.Value) as BsonString)?.Value,
                (document.GetValue("type", BsonNull.Value) as BsonString)?.Value);
            return true;
        }
        catch (Exception error) when (error is FormatException or InvalidCastException or InvalidOperationException or ArgumentException or OverflowException or BsonException or EndOfStreamException)
        {
            reason = error.Message;
            return false;
        }
    }

    /// <summary>Reads the text of one namespace.</summary>
    /// <param name="item">The namespace.</param>
    /// <param name="archive">The archive's name, for the message.</param>
    /// <exception cref="ArchiveCorruptException">The text is not Extended JSON.</exception>
    public static ArchiveMetadata Parse(ArchiveNamespace item, string archive) =>
        TryParse(item.MetadataJson, out var metadata, out var reason)
            ? metadata
            : throw new ArchiveCorruptException(archive, 0, $"the metadata of {item} cannot be read: {reason}");

    /// <summary>Writes the text as mongodump does, from the server's raw documents.</summary>
    /// <param name="options">The options of listCollections, raw BSON; the member uuid is left out if it is there. Null or empty: none.</param>
    /// <param name="indexes">The specifications of listIndexes, raw BSON, in the server's order.</param>
    /// <param name="uuid">32 hexadecimal digits; null for views and time series.</param>
    /// <param name="collectionName">The name without the database.</param>
    /// <param name="type"><c>collection</c>, <c>view</c> or <c>timeseries</c>.</param>
    public static string Write(ReadOnlyMemory<byte>? options, IReadOnlyList<ReadOnlyMemory<byte>> indexes, string? uuid, string collectionName, string type)
    {
        var text = new StringBuilder(256).Append('{');
        if (options is { Length: > RawBson.MinSize } some)
        {
            text.Append("\"options\":");
            CanonicalJson.AppendDocument(text, some.Span);
            text.Append(',');
        }

        text.Append("\"indexes\":[");
        for (var index = 0; index < indexes.Count; index++)
        {
            if (index > 0)
            {
                text.Append(',');
            }

            CanonicalJson.AppendDocument(text, indexes[index].Span);
        }

        text.Append(']');
        if (uuid is not null)
        {
            text.Append(",\"uuid\":");
            CanonicalJson.AppendString(text, uuid);
        }

        text.Append(",\"collectionName\":");
        CanonicalJson.AppendString(text, collectionName);
        text.Append(",\"type\":");
        CanonicalJson.AppendString(text, type);
        return text.Append('}').ToString();
    }

    // The parser recurses, so a hostile text could end the process; count before it.
    private static bool NestsTooDeep(string json)
    {
        var depth = 0;
        var quote = '\0';
        for (var index = 0; index < json.Length; index++)
        {
            var character = json[index];
            if (quote != '\0')
            {
                if (character == '\\')
                {
                    index++;
                }
                else if (character == quote)
                {
                    quote = '\0';
                }
            }
            else if (character is '"' or '\'')
            {
                quote = character;
            }
            else if (character is '{' or '[')
            {
                if (++depth > MaxDepth)
                {
                    return true;
                }
            }
            else if (character is '}' or ']')
            {
                depth--;
            }
        }

        return false;
    }
}
