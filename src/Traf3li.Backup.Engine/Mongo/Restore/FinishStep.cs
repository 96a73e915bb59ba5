using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>One step, as the journal keeps it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Database">The target's database.</param>
/// <param name="From">The staged collection; empty where there is none.</param>
/// <param name="To">The live name.</param>
/// <param name="Options">The options of a view or time series; else empty.</param>
/// <param name="Indexes">The indexes of a time series; else empty.</param>
/// <param name="Uuid">The UUID of the collection to drop: another one of the same name is not touched. Null for a view.</param>
/// <param name="DropsFirst">Whether what is live has to be dropped before, being no plain collection.</param>
internal sealed record FinishStep(
    FinishKind Kind, string Database, string From, string To, BsonDocument Options, IReadOnlyList<BsonDocument> Indexes, string? Uuid, bool DropsFirst)
{
    /// <summary>As a document of the journal. Options and indexes hold names such as $jsonSchema and are kept as bytes.</summary>
    public BsonDocument ToDocument() => new()
    {
        { "kind", Kind.ToString() },
        { "database", Database },
        { "from", From },
        { "to", To },
        { "options", new BsonBinaryData(Options.ToBson()) },
        { "indexes", new BsonArray(Indexes.Select(index => new BsonBinaryData(index.ToBson()))) },
        { "uuid", Uuid is null ? BsonNull.Value : Uuid },
        { "dropsFirst", DropsFirst },
    };

    /// <summary>Reads a document of the journal.</summary>
    public static FinishStep FromDocument(BsonDocument document) => new(
        Enum.Parse<FinishKind>(document["kind"].AsString),
        document["database"].AsString,
        document["from"].AsString,
        document["to"].AsString,
        Decode(document["options"]),
        [.. document["indexes"].AsBsonArray.Select(Decode)],
        document["uuid"] is BsonString uuid ? uuid.Value : null,
        document["dropsFirst"].AsBoolean);

    private static BsonDocument Decode(BsonValue value) => BsonReading.ToDocument(value.AsByteArray);
}
