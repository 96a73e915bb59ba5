using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Tests.Verification;

/// <summary>
/// A small backup of our own format, built block by block without a server: an object and its manifest, which a test then spoils.
/// </summary>
internal sealed class SampleBackup
{
    public const string Key = "backups/manual/2026/11/mongodb-manual-test-2026-11-23T01-02-03-004Z.archive.zst";

    private readonly BufferPool _pool = new();

    public BackupManifest Manifest { get; private set; } = null!;

    public byte[] Object { get; set; } = [];

    /// <summary>Two collections of several segments, an empty one, a view, and an oplog.</summary>
    public static async Task<SampleBackup> CreateAsync(int documents = 40, Func<BsonDocument, BsonDocument>? changeEntry = null)
    {
        var sample = new SampleBackup();
        await sample.BuildAsync(documents, changeEntry ?? (entry => entry));
        return sample;
    }

    /// <summary>The manifest as JSON, after a change of its text.</summary>
    public byte[] ManifestBytes(Func<string, string>? change = null)
    {
        var json = System.Text.Encoding.UTF8.GetString(ManifestSerializer.Serialize(Manifest));
        return System.Text.Encoding.UTF8.GetBytes(change?.Invoke(json) ?? json);
    }

    private static BsonDocument Document(int number) =>
        new() { { "_id", number }, { "name", $"number {number}" }, { "tags", new BsonArray { number, "x" } } };

    private static BsonDocument Entry(int number) => new()
    {
        { "op", "i" }, { "ns", "shop.orders" }, { "ts", new BsonTimestamp(1000, number + 1) }, { "o", new BsonDocument("_id", 1000 + number) },
    };

    private async Task BuildAsync(int documents, Func<BsonDocument, BsonDocument> changeEntry)
    {
        (string Database, string Collection, string Type, BsonDocument[] Documents)[] content =
        [
            ("shop", "orders", "collection", [.. Enumerable.Range(0, documents).Select(Document)]),
            ("shop", "customers", "collection", [.. Enumerable.Range(0, documents / 2).Select(Document)]),
            ("shop", "empty", "collection", []),
            ("shop", "overview", "view", []),
        ];
        BsonDocument[] oplog = [.. Enumerable.Range(0, 6).Select(Entry).Select(changeEntry)];
        using var stored = new MemoryStream();
        await using var writer = new ParallelBlockWriter(CompressionMethod.Zstd, level: null, workers: 1, _pool, (block, _) =>
        {
            stored.Write(block.Stored.Span);
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        var prelude = new ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(
            prelude,
            new ArchiveHeader(1, "6.0.5", "test"),
            [.. content.Select(item => new ArchiveNamespace(item.Database, item.Collection, "{\"indexes\":[]}", item.Type, 0)), new ArchiveNamespace("", "oplog", "", "", 0)]);
        await WriteAsync(writer, prelude.WrittenSpan.ToArray(), ManifestRules.PreludeIndex);
        var namespaces = new List<NamespaceManifest>();
        for (var index = 0; index < content.Length; index++)
        {
            var (database, collection, type, all) = content[index];
            namespaces.Add(await WriteNamespaceAsync(writer, index, database, collection, type, all));
        }

        var recorded = await WriteNamespaceAsync(writer, ManifestRules.OplogIndex, "", "oplog", "collection", oplog);
        var blocks = await writer.CompleteAsync();
        Object = stored.ToArray();
        Manifest = new BackupManifest
        {
            ToolVersion = "0.1.0",
            Id = new string('a', 32),
            Key = Key,
            Source = BackupSource.MongoDB,
            Type = BackupType.Manual,
            Environment = "test",
            StartTime = DateTime.UnixEpoch,
            EndTime = DateTime.UnixEpoch.AddSeconds(1),
            Consistency = BackupConsistency.Oplog,
            OplogStart = new OplogPosition(1000, 1),
            ConsistencyPoint = new OplogPosition(1000, 9),
            Server = new ServerFacts { Host = "127.0.0.1:1", Version = "6.0.5", Topology = "ReplicaSet" },
            Compression = CompressionMethod.Zstd,
            ArchiveSize = blocks.Sum(block => (long)block.Size),
            StoredSize = Object.Length,
            StoredSha256 = Convert.ToHexString(SHA256.HashData(Object)).ToLowerInvariant(),
            Database = ["shop"],
            Namespace = namespaces,
            Oplog = recorded,
            Block = blocks,
        };
    }

    private async Task<NamespaceManifest> WriteNamespaceAsync(
        ParallelBlockWriter writer, int index, string database, string collection, string type, IReadOnlyList<BsonDocument> documents)
    {
        var hash = default(ContentHash);
        ulong crc = 0;
        foreach (var part in documents.Chunk(10))
        {
            var bytes = part.SelectMany(document => document.ToBson()).ToArray();
            hash.AddAll(bytes);
            crc = Crc64Xz.Append(crc, bytes);
            await WriteAsync(writer, [.. ArchiveEncoder.SegmentHeader(database, collection), .. bytes, 0xff, 0xff, 0xff, 0xff], index);
        }

        await WriteAsync(writer, ArchiveEncoder.Eof(database, collection, crc), index);
        return new NamespaceManifest
        {
            Database = database,
            Collection = collection,
            Type = type,
            MetadataJson = database.Length == 0 ? "" : "{\"indexes\":[]}",
            Count = hash.Count,
            Size = hash.Bytes,
            ContentHash = hash.ToHex(),
            Crc = crc.ToString("x16", CultureInfo.InvariantCulture),
        };
    }

    private async Task WriteAsync(ParallelBlockWriter writer, byte[] bytes, int index)
    {
        var buffer = await _pool.RentAsync(bytes.Length, CancellationToken.None);
        buffer.Append(bytes);
        await writer.WriteAsync(buffer, index, onWorker: null, CancellationToken.None);
    }
}
