using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Testing;

/// <summary>
/// What a server holds, read without any of the engine's own judgement: per namespace its type, options, indexes, count, and a digest of
/// the documents (the sum modulo 2^128 of the first 16 bytes of SHA-256 over each document's bytes, little-endian).
/// </summary>
public static class ServerState
{
    /// <summary>Reads these databases, or all but the server's own. The keys are database.collection.</summary>
    public static async Task<SortedDictionary<string, JsonObject>> ReadAsync(IMongoClient client, params string[] databases)
    {
        var names = databases.Length > 0 ? databases : [.. (await (await client.ListDatabaseNamesAsync()).ToListAsync()).Where(name => name is not ("local" or "config"))];
        var state = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var database in names)
        {
            foreach (var bytes in await RawCommand.ReadListAsync(client, database, new BsonDocument("listCollections", 1), CancellationToken.None))
            {
                var item = BsonReading.ToDocument(bytes);
                var name = item["name"].AsString;
                if (!name.StartsWith("system.", StringComparison.Ordinal) || name == "system.js" || name.StartsWith("system.buckets.", StringComparison.Ordinal))
                {
                    state[$"{database}.{name}"] = await ReadAsync(client, database, name, item["type"].AsString, item["options"].AsBsonDocument);
                }
            }
        }

        return state;
    }

    /// <summary>The digest and count of a collection's or view's documents.</summary>
    public static async Task<(long Count, string Digest)> DigestAsync(IMongoClient client, string database, string collection)
    {
        var sink = new DigestSink();
        var command = new BsonDocument("find", collection);
        await using var cursor = await RawCursor.CreateAsync(client, database, command, sink, CancellationToken.None);
        while (!cursor.IsExhausted)
        {
            await cursor.MoveNextAsync(batchSize: null, maxAwait: null, CancellationToken.None);
        }

        return (sink.Count, sink.Sum.ToString("x32", CultureInfo.InvariantCulture));
    }

    /// <summary>Canonical Extended JSON with the keys in their order.</summary>
    public static JsonNode ToJson(BsonDocument document) =>
        JsonNode.Parse(document.ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.CanonicalExtendedJson }), documentOptions: new JsonDocumentOptions { MaxDepth = 1_000 })!;

    private static async Task<JsonObject> ReadAsync(IMongoClient client, string database, string name, string type, BsonDocument options)
    {
        var (count, digest) = await DigestAsync(client, database, name);
        var state = new JsonObject { ["type"] = type, ["options"] = ToJson(options), ["count"] = count, ["digest"] = digest };
        if (type != "view")
        {
            var indexes = await RawCommand.ReadListAsync(client, database, new BsonDocument("listIndexes", name), CancellationToken.None);
            state["indexes"] = new JsonArray([.. indexes.Select(index => ToJson(BsonReading.ToDocument(index))).OrderBy(index => index["name"]!.GetValue<string>(), StringComparer.Ordinal)]);
        }

        return state;
    }

    private sealed class DigestSink : IRawDocumentSink
    {
        public long Count { get; private set; }

        public UInt128 Sum { get; private set; }

        public void Append(IByteBuffer document)
        {
            var bytes = new byte[document.Length];
            document.GetBytes(0, bytes, 0, bytes.Length);
            Sum += BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(bytes));
            Count++;
        }
    }
}
