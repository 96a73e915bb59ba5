using MongoDB.Bson;

namespace Traf3li.Backup.Testing.Network;

/// <summary>
/// The answers of a mongos before a cluster with one database, <c>shop</c>, of one collection, <c>orders</c>, and one view. Their shapes are
/// those of the MongoDB manual's pages of each command (hello, buildInfo, listDatabases, listCollections, listIndexes, collStats, find,
/// getMore) for 7.0; what a mongos refuses is refused with the code of mongo/src/mongo/base/error_codes.yml.
/// </summary>
public static class RecordedMongos
{
    /// <summary>Documents in <c>shop.orders</c>: more than one batch.</summary>
    public const int Orders = 600;

    /// <summary>The cluster time that it greets with.</summary>
    public static readonly BsonTimestamp ClusterTime = new(1_700_000_000, 7);

    private const int FirstBatch = 256;
    private const long CursorId = 4_711;

    /// <summary>The documents of <c>shop.orders</c>.</summary>
    public static IEnumerable<BsonDocument> Documents => Enumerable.Range(0, Orders).Select(number => new BsonDocument { { "_id", number }, { "total", number * 3 } });

    /// <summary>Answers one command.</summary>
    public static BsonDocument Answer(BsonDocument command)
    {
        var reply = command.GetElement(0).Name switch
        {
            "hello" or "isMaster" or "ismaster" => Hello(),
            "buildInfo" => new BsonDocument { { "version", "7.0.28" }, { "versionArray", new BsonArray { 7, 0, 28, 0 } } },
            "listDatabases" => new BsonDocument
            {
                { "databases", new BsonArray { new BsonDocument { { "name", "config" }, { "sizeOnDisk", 8_192L } }, new BsonDocument { { "name", "shop" }, { "sizeOnDisk", 40_960L } } } },
            },
            "listCollections" => Cursor(0, "shop.$cmd.listCollections", "firstBatch", Collections()),
            "listIndexes" => Cursor(0, "shop.orders", "firstBatch", [new BsonDocument { { "v", 2 }, { "key", new BsonDocument("_id", 1) }, { "name", "_id_" } }]),
            "collStats" => new BsonDocument { { "sharded", true }, { "count", Orders }, { "size", Orders * 30L } },
            "find" => Find(command),
            "getMore" => Cursor(0, "shop.orders", "nextBatch", Documents.Skip(FirstBatch)),
            "killCursors" or "endSessions" or "ping" => [],
            var name => new BsonDocument { { "ok", 0.0 }, { "errmsg", $"no such command: '{name}'" }, { "code", 59 }, { "codeName", "CommandNotFound" } },
        };
        if (!reply.Contains("ok"))
        {
            reply["ok"] = 1.0;
        }

        reply["operationTime"] = ClusterTime;
        reply["$clusterTime"] = new BsonDocument
        {
            { "clusterTime", ClusterTime },
            { "signature", new BsonDocument { { "hash", new BsonBinaryData(new byte[20]) }, { "keyId", 0L } } },
        };
        return reply;
    }

    private static BsonDocument Hello() => new()
    {
        { "isWritablePrimary", true },
        { "ismaster", true },
        { "msg", "isdbgrid" },
        { "helloOk", true },
        { "maxBsonObjectSize", 16_777_216 },
        { "maxMessageSizeBytes", 48_000_000 },
        { "maxWriteBatchSize", 100_000 },
        { "localTime", new BsonDateTime(1_700_000_000_000) },
        { "logicalSessionTimeoutMinutes", 30 },
        { "connectionId", 17 },
        { "minWireVersion", 0 },
        { "maxWireVersion", 21 },
    };

    private static IEnumerable<BsonDocument> Collections() =>
    [
        new BsonDocument
        {
            { "name", "orders" },
            { "type", "collection" },
            { "options", new BsonDocument() },
            { "info", new BsonDocument { { "readOnly", false }, { "uuid", new BsonBinaryData(new Guid("11111111-2222-3333-4444-555555555555"), GuidRepresentation.Standard) } } },
            { "idIndex", new BsonDocument { { "v", 2 }, { "key", new BsonDocument("_id", 1) }, { "name", "_id_" } } },
        },
        new BsonDocument
        {
            { "name", "large" },
            { "type", "view" },
            { "options", new BsonDocument { { "viewOn", "orders" }, { "pipeline", new BsonArray() } } },
            { "info", new BsonDocument("readOnly", true) },
        },
    ];

    private static BsonDocument Find(BsonDocument command) =>
        command["find"] == "orders" && command["$db"] == "shop"
            ? Cursor(CursorId, "shop.orders", "firstBatch", Documents.Take(FirstBatch))
            : Cursor(0, $"{command["$db"]}.{command["find"]}", "firstBatch", []);

    private static BsonDocument Cursor(long id, string name, string batch, IEnumerable<BsonDocument> documents) =>
        new("cursor", new BsonDocument { { batch, new BsonArray(documents) }, { "id", id }, { "ns", name } });
}
