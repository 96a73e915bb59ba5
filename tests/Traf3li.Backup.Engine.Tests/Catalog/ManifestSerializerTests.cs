using System.Text;
using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

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
    public async Task One_that_could_not_be_read_again_is_not_written()
    {
        using var folder = new TemporaryFolder();
        var catalog = new BackupCatalog(new FileSystemStore(folder.Path, TimeProvider.System));
        var json = Json();
        json["namespace"]![0]!["metadataJson"] = new string('x', ManifestSerializer.MaxSize);
        var large = Read(json);

        var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => catalog.WriteManifestAsync(large, TestContext.Current.CancellationToken));

        Assert.Contains("-Database", error.Recommendation, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ManifestCorruptException>(() => catalog.WriteManifestAsync(Sample(minutes: -60), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_large_one_takes_less_room_and_is_read_all_the_same()
    {
        var json = Json();
        json["tag"] = new JsonObject { ["text"] = string.Concat(Enumerable.Repeat("\"\u00e4", 3 << 20)) };
        var large = Read(json);

        var bytes = ManifestSerializer.Serialize(large);

        Assert.True(bytes.Length < 16 << 20);
        Assert.Equal(large.Tag, ManifestSerializer.Deserialize(bytes, "backups/x.manifest.json").Tag);
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

    private static JsonNode Json() => JsonNode.Parse(ManifestSerializer.Serialize(Sample(minutes: 1)))!;

    private static BackupManifest Sample(int minutes) => new()
    {
        ToolVersion = "0.1.0",
        Id = new string('a', 32),
        Key = "backups/x",
        Source = BackupSource.MongoDB,
        Type = BackupType.Daily,
        Environment = "test",
        StartTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        EndTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minutes),
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
    };
}
