using System.Text;
using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Tests.Catalog;

public sealed class ManifestSerializerTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var read = Read(Json());

        Assert.Equal("backups/x", read.Key);
        Assert.Equal(new OplogPosition(5, 6), read.ConsistencyPoint);
        Assert.Equal("shop.orders", Assert.Single(read.Namespace).ToString());
        Assert.Equal([-1, 0], read.Block.Select(block => block.NamespaceIndex));
        Assert.Equal("Oplog", (string?)Json()["consistency"]);
        Assert.Equal("5:6", (string?)Json()["consistencyPoint"]);
    }

    [Fact]
    public void A_newer_format_is_refused_with_the_version_that_reads_it()
    {
        var json = Json();
        json["formatVersion"] = 99;
        json["requiredVersion"] = "3.1.0";
        json["block"] = "of a form that is not known here";

        var error = Assert.Throws<ManifestVersionException>(() => Read(json));

        Assert.Contains("3.1.0", error.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("formatVersion", "0")]
    [InlineData("storedSize", "-1")]
    [InlineData("storedSize", "31")]
    [InlineData("archiveSize", "1")]
    [InlineData("storedSha256", "\"xyz\"")]
    [InlineData("endTime", "\"2000-01-01T00:00:00Z\"")]
    [InlineData("block", "[{\"namespaceIndex\":5,\"offset\":0,\"storedSize\":30,\"size\":300}]")]
    [InlineData("block", "[{\"namespaceIndex\":0,\"offset\":1,\"storedSize\":30,\"size\":300}]")]
    [InlineData("block", "[{\"namespaceIndex\":0,\"offset\":0,\"storedSize\":30,\"size\":2000000000}]")]
    [InlineData("consistencyPoint", "\"now\"")]
    [InlineData("source", "\"Oracle\"")]
    [InlineData("namespace", "null")]
    public void One_that_contradicts_itself_is_corrupt(string field, string value)
    {
        var json = Json();
        json[field] = JsonNode.Parse(value);

        Assert.Throws<ManifestCorruptException>(() => Read(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"formatVersion\":1}")]
    [InlineData("\u0000\u0001")]
    public void What_is_no_manifest_is_corrupt(string text) =>
        Assert.Throws<ManifestCorruptException>(() => ManifestSerializer.Deserialize(Encoding.UTF8.GetBytes(text), "x.manifest.json"));

    private static BackupManifest Read(JsonNode json) => ManifestSerializer.Deserialize(Encoding.UTF8.GetBytes(json.ToJsonString()), "x.manifest.json");

    private static JsonNode Json() => JsonNode.Parse(ManifestSerializer.Serialize(new BackupManifest
    {
        ToolVersion = "0.1.0",
        Id = new string('a', 32),
        Key = "backups/x",
        Source = BackupSource.MongoDB,
        Type = BackupType.Daily,
        Environment = "test",
        StartTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        EndTime = new DateTime(2026, 1, 1, 0, 1, 0, DateTimeKind.Utc),
        Consistency = BackupConsistency.Oplog,
        ConsistencyPoint = new OplogPosition(5, 6),
        Server = new ServerFacts { Host = "h:1", Version = "6.0.5", Topology = "ReplicaSet" },
        Compression = CompressionMethod.Gzip,
        ArchiveSize = 300,
        StoredSize = 30,
        StoredSha256 = new string('0', 64),
        Namespace = [new NamespaceManifest { Database = "shop", Collection = "orders", Type = "collection" }],
        Block =
        [
            new BlockManifest { NamespaceIndex = -1, Offset = 0, StoredSize = 10, Size = 100 },
            new BlockManifest { NamespaceIndex = 0, Offset = 10, StoredSize = 20, Size = 200 },
        ],
    }))!;
}
