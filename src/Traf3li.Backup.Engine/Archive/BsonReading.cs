using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Documents of a server as those of the driver. A server takes a name twice within a document, as in the pipeline of a view or the filter of
/// an index; the driver has to be told to.
/// </summary>
internal static class BsonReading
{
    /// <summary>Decodes one document.</summary>
    /// <exception cref="FormatException">The bytes are none.</exception>
    /// <exception cref="EndOfStreamException">They end too early.</exception>
    public static BsonDocument ToDocument(byte[] bytes)
    {
        using var reader = new BsonBinaryReader(new MemoryStream(bytes, writable: false));
        return Read(reader);
    }

    /// <inheritdoc cref="ToDocument(byte[])" />
    public static BsonDocument ToDocument(ReadOnlySpan<byte> bytes) => ToDocument(bytes.ToArray());

    /// <summary>Reads one document.</summary>
    public static BsonDocument Read(IBsonReader reader) =>
        BsonDocumentSerializer.Instance.Deserialize(BsonDeserializationContext.CreateRoot(reader, context => context.AllowDuplicateElementNames = true));

    /// <summary>Copies a document with all in it; the driver's own copy refuses a name that comes twice.</summary>
    public static BsonDocument Clone(BsonDocument document) => ToDocument(document.ToBson());
}
