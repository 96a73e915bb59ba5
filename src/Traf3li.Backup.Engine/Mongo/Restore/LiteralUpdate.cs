using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Sets a document to exact bytes, empty timestamps included: <c>[{ $replaceWith: { $literal: … } }]</c>.</summary>
internal static class LiteralUpdate
{
    /// <summary>The statement for an update command.</summary>
    public static BsonDocument Statement(ReadOnlyMemory<byte> document, bool upsert)
    {
        var raw = RawCommand.ToDocument(document.ToArray());
        return new BsonDocument
        {
            { "q", new BsonDocument("_id", new BsonDocument("$eq", raw["_id"])) },
            { "u", new BsonArray { new BsonDocument("$replaceWith", new BsonDocument("$literal", raw)) } },
            { "upsert", upsert },
        };
    }

    /// <summary>Updates the document of the same <c>_id</c>.</summary>
    public static async Task RunAsync(MongoConnection connection, string database, string collection, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var command = new BsonDocument
        {
            { "update", collection },
            { "updates", new BsonArray { Statement(document, upsert: false) } },
            { "bypassDocumentValidation", true },
        };
        var reply = await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
        if (reply.TryGetValue("writeErrors", out var errors))
        {
            throw new ServerFailedException("update", $"{database}.{collection}", errors[0]["errmsg"].AsString);
        }
    }
}
