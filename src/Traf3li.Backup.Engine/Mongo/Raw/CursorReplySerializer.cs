using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>
/// Takes a cursor's reply apart and hands each document's bytes, untouched, to a sink instead of decoding them: duplicate field names, old
/// binary subtypes and field order survive, and nothing is allocated for the content.
/// </summary>
internal sealed class CursorReplySerializer(IRawDocumentSink sink) : IBsonSerializer<CursorReply>
{
    public Type ValueType => typeof(CursorReply);

    public CursorReply Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args)
    {
        var reader = (BsonBinaryReader)context.Reader;
        var reply = default(CursorReply);
        reader.ReadStartDocument();
        while (reader.ReadBsonType() != BsonType.EndOfDocument)
        {
            if (reader.ReadName() == "cursor" && reader.CurrentBsonType == BsonType.Document)
            {
                reply = ReadCursor(reader);
            }
            else
            {
                reader.SkipValue();
            }
        }

        reader.ReadEndDocument();
        return reply;
    }

    object IBsonSerializer.Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args) => Deserialize(context, args);

    public void Serialize(BsonSerializationContext context, BsonSerializationArgs args, CursorReply value) =>
        throw new NotSupportedException("Replies are only read.");

    public void Serialize(BsonSerializationContext context, BsonSerializationArgs args, object value) => Serialize(context, args, (CursorReply)value);

    private CursorReply ReadCursor(BsonBinaryReader reader)
    {
        long id = 0;
        var name = "";
        var count = 0;
        BsonDocument? token = null;
        reader.ReadStartDocument();
        while (reader.ReadBsonType() != BsonType.EndOfDocument)
        {
            switch (reader.ReadName())
            {
                case "id":
                    id = reader.CurrentBsonType == BsonType.Int32 ? reader.ReadInt32() : reader.ReadInt64();
                    break;
                case "ns":
                    name = reader.ReadString();
                    break;
                case "firstBatch" or "nextBatch":
                    count = ReadBatch(reader);
                    break;
                case "postBatchResumeToken" when reader.CurrentBsonType == BsonType.Document:
                    token = BsonDocumentSerializer.Instance.Deserialize(BsonDeserializationContext.CreateRoot(reader));
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        reader.ReadEndDocument();
        return new CursorReply(id, name, count, token);
    }

    private int ReadBatch(BsonBinaryReader reader)
    {
        var count = 0;
        reader.ReadStartArray();
        while (reader.ReadBsonType() != BsonType.EndOfDocument)
        {
            using var slice = reader.ReadRawBsonDocument();
            sink.Append(slice);
            count++;
        }

        reader.ReadEndArray();
        return count;
    }
}
