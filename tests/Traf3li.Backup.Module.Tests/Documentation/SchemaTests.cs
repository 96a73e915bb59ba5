using System.Text.Json.Nodes;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Real manifests follow the schema in src/docs, and the schema says no to what is none.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class SchemaTests(MongoFixture mongo) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-schema-").FullName;

    [Fact]
    public async Task Manifests_follow_it()
    {
        var checker = ReadSchema();
        var manifests = await TakeAsync();
        Assert.Equal(3, manifests.Count);
        Assert.All(manifests, manifest => Assert.Empty(checker.Check(manifest)));
    }

    [Fact]
    public async Task The_manifest_of_a_Redis_backup_follows_it()
    {
        await using var redis = await RedisServer.StartOrSkipAsync();
        await redis.RunAsync("SET key value");
        using var session = new ModuleSession();
        session.Run("New-Traf3liBackup -Source Redis -Uri $args[0] -Destination $args[1]", redis.Uri, _folder);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder, "*.manifest.json", SearchOption.AllDirectories))))!;

        Assert.Empty(ReadSchema().Check(manifest));
        manifest["redis"]!["shard"]![0]!["count"] = -1;
        Assert.Single(ReadSchema().Check(manifest));
    }

    [Fact]
    public async Task It_finds_what_is_wrong()
    {
        var checker = ReadSchema();
        var manifest = (await TakeAsync())[0];
        manifest["storedSize"] = "many";
        manifest["password"] = "x";
        manifest.AsObject().Remove("id");
        Assert.Equal(3, checker.Check(manifest).Count());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SchemaChecker ReadSchema() =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(Artifact.RepositoryRoot, "src", "docs", "manifest.schema.json")))!.AsObject());

    private async Task<List<JsonNode>> TakeAsync()
    {
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        using var session = new ModuleSession();
        session.Run(
            """
            New-Traf3liBackup -Uri $args[0] -Destination $args[1]
            New-Traf3liBackup shop -Uri $args[0] -Destination $args[1] -Type Yearly -Compression Zstd -Consistency Snapshot -Tag @{ a = 'b' }
            New-Traf3liBackup -Collection shop.orders -Uri $args[0] -Destination $args[1] -Compression None -Consistency None -Verify:$false
            """,
            server.Uri,
            _folder);
        return [.. Directory.GetFiles(_folder, "*.manifest.json", SearchOption.AllDirectories).Select(file => JsonNode.Parse(File.ReadAllText(file))!)];
    }
}
