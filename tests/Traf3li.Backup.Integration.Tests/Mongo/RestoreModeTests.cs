using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>What a restore does to live data in each of its modes.</summary>
public sealed class RestoreModeTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_namespace_is_restored_and_all_else_is_kept()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await shop.DropCollectionAsync("orders");
        await Collection(shop, "customers").DeleteOneAsync("{_id: 1}");
        await Collection(shop, "later").InsertOneAsync(new BsonDocument("_id", 1));

        var plan = await scenario.PlanRestoreAsync(backup, options => options with { Namespace = ["shop.orders"] });
        var result = await scenario.RestoreAsync(backup, options => options with { Namespace = ["shop.orders"] });

        Assert.Equal([RestoreActionKind.Create], plan.Action.Where(action => action.Namespace == "shop.orders").Select(action => action.Kind));
        Assert.Equal(100, await CountAsync(shop, "orders"));
        Assert.Equal(49, await CountAsync(shop, "customers"));
        Assert.Equal(1, await CountAsync(shop, "later"));
        Assert.Null(result.SafetyBackupKey);
        Assert.Equal(["shop.orders"], result.Namespace.Select(item => item.Name));
    }

    [Fact]
    public async Task A_whole_database_equals_the_backup_and_what_the_backup_excluded_is_kept()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"], ExcludeCollection = ["shop.log*"] });
        await Collection(shop, "later").InsertOneAsync(new BsonDocument("_id", 1));

        var result = await scenario.RestoreAsync(backup);

        Assert.Equal(["shop.later"], result.Dropped);
        Assert.Equal(10, await CountAsync(shop, "logs"));
        Assert.Equal(100, await CountAsync(shop, "orders"));
        Assert.NotNull(result.SafetyBackupKey);
    }

    [Fact]
    public async Task Merge_keeps_what_exists_and_adds_what_is_missing()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await Collection(shop, "orders").DeleteManyAsync("{_id: {$lt: 50}}");
        await Collection(shop, "orders").UpdateOneAsync("{_id: 60}", "{$set: {total: -1}}");
        await Collection(shop, "orders").InsertOneAsync(new BsonDocument { { "_id", 1000 }, { "number", 1000 } });

        await scenario.RestoreAsync(backup, options => options with { Merge = true, Namespace = ["shop.orders"] });

        Assert.Equal(101, await CountAsync(shop, "orders"));
        Assert.Equal(-1, (await Collection(shop, "orders").Find("{_id: 60}").SingleAsync())["total"].ToInt32());
    }

    [Fact]
    public async Task What_cannot_be_merged_is_refused_before_live_data_is_touched()
    {
        var (scenario, shop) = await BeginAsync();
        await shop.CreateCollectionAsync("weather", new CreateCollectionOptions { TimeSeriesOptions = new TimeSeriesOptions("at") });
        await Collection(shop, "weather").InsertOneAsync(new BsonDocument("at", DateTime.UnixEpoch));
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"] });
        await Collection(shop, "weather").InsertOneAsync(new BsonDocument("at", DateTime.UnixEpoch.AddHours(1)));
        var live = await ServerState.ReadAsync(fixture.Server.Client, "shop");

        var series = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => scenario.RestoreAsync(backup, options => options with { Merge = true }));
        var both = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => scenario.PlanRestoreAsync(backup, options => options with { Merge = true, InPlace = true }));

        Assert.Equal(("Merge", "InPlace"), (series.Setting, both.Setting));
        Assert.Contains("shop.weather", series.Message, StringComparison.Ordinal);
        Scenario.AssertEqual(live, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
    }

    [Theory]
    [InlineData("majority")]
    [InlineData("votingmembers")]
    [InlineData("1")]
    public async Task A_commit_quorum_that_the_set_can_meet_is_met(string quorum)
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await shop.DropCollectionAsync("orders");

        var result = await scenario.RestoreAsync(backup, options => options with { Namespace = ["shop.orders"], CommitQuorum = quorum });

        Assert.True(Assert.Single(result.Namespace).IndexCount > 1);
    }

    [Fact]
    public async Task A_commit_quorum_that_the_set_cannot_meet_is_said_before_live_data_is_touched()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await Collection(shop, "orders").DeleteOneAsync("{_id: 1}");

        var error = await Assert.ThrowsAsync<IndexesRefusedException>(() => scenario.RestoreAsync(backup, options => options with { Namespace = ["shop.orders"], CommitQuorum = "5" }));

        Assert.Contains("quorum", error.Message, StringComparison.Ordinal);
        Assert.Equal(99, await CountAsync(shop, "orders"));
        var invalid = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => scenario.PlanRestoreAsync(backup, options => options with { CommitQuorum = "most" }));
        Assert.Contains("votingMembers", invalid.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_another_database_leaves_the_original_alone()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"] });
        await Collection(shop, "orders").DeleteManyAsync("{}");

        await scenario.RestoreAsync(backup, options => options with { ToDatabase = "copy" });

        var copy = fixture.Server.Database("copy");
        Assert.Equal(100, await CountAsync(copy, "orders"));
        Assert.Equal(0, await CountAsync(shop, "orders"));
        Assert.Equal(50, await copy.GetCollection<BsonDocument>("active customers").CountDocumentsAsync("{}"));
        Assert.Contains("number_1", await IndexNamesAsync(copy, "orders"));
    }

    [Fact]
    public async Task A_map_gives_new_names()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync(options => options with { Collection = ["shop.orders", "shop.customers"] });

        await scenario.RestoreAsync(backup, options => options with { NamespaceMap = [new("shop.orders", "archive.orders_2026"), new("shop.*", "copy.*_old")] });

        Assert.Equal(100, await CountAsync(fixture.Server.Database("archive"), "orders_2026"));
        Assert.Equal(50, await CountAsync(fixture.Server.Database("copy"), "customers_old"));
        Assert.Equal(100, await CountAsync(shop, "orders"));
    }

    [Fact]
    public async Task In_place_restores_the_same()
    {
        var (scenario, shop) = await BeginAsync();
        var before = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        var backup = await scenario.BackupAsync();
        await Collection(shop, "orders").UpdateManyAsync("{}", "{$set: {total: 0}}");

        await scenario.RestoreAsync(backup, options => options with { InPlace = true });

        Scenario.AssertEqual(before, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
    }

    [Fact]
    public async Task Without_indexes_only_that_of_id_is_built()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync();

        await scenario.RestoreAsync(backup, options => options with { NoIndex = true, NoSafetyBackup = true });

        Assert.Equal(["_id_"], await IndexNamesAsync(shop, "orders"));
    }

    [Fact]
    public async Task A_damaged_object_stops_the_restore_before_live_data_is_touched()
    {
        var (scenario, shop) = await BeginAsync();
        var backup = await scenario.BackupAsync(options => options with { Consistency = BackupConsistency.None });
        await Collection(shop, "orders").DeleteManyAsync("{_id: 7}");
        var live = await ServerState.ReadAsync(fixture.Server.Client, "shop");

        var path = Path.Combine(_folder.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^200] ^= 0xFF;
        await File.WriteAllBytesAsync(path, bytes);

        await Assert.ThrowsAsync<ArchiveCorruptException>(() => scenario.RestoreAsync(backup, options => options with { NoSafetyBackup = true }));
        Scenario.AssertEqual(live, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
    }

    [Fact]
    public async Task A_failed_safety_backup_stops_the_restore_before_anything()
    {
        var (scenario, _) = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await Collection(fixture.Server.Database("shop"), "orders").DeleteManyAsync("{_id: 7}");
        var live = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        var blocked = new Scenario(fixture.Server, Path.Combine(_folder.Path, backup.Key));

        var error = await Assert.ThrowsAnyAsync<BackupException>(() => blocked.RestoreAsync(backup));

        Assert.NotEqual("RestoreFailed", error.ErrorId);
        Scenario.AssertEqual(live, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
    }

    [Fact]
    public async Task Nothing_that_matches_is_an_error_that_names_the_choice()
    {
        var (scenario, _) = await BeginAsync();
        var backup = await scenario.BackupAsync();

        var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => scenario.RestoreAsync(backup, options => options with { Namespace = ["shop.Orders"] }));

        Assert.Equal("Namespace", error.Setting);
    }

    private static IMongoCollection<BsonDocument> Collection(IMongoDatabase database, string name) => database.GetCollection<BsonDocument>(name);

    private static Task<long> CountAsync(IMongoDatabase database, string name) => Collection(database, name).CountDocumentsAsync("{}");

    private static async Task<IReadOnlyList<string>> IndexNamesAsync(IMongoDatabase database, string name) =>
        [.. (await (await Collection(database, name).Indexes.ListAsync()).ToListAsync()).Select(index => index["name"].AsString)];

    private async Task<(Scenario Scenario, IMongoDatabase Shop)> BeginAsync()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        var shop = server.Database("shop");
        await Collection(shop, "orders").InsertManyAsync(Enumerable.Range(0, 100).Select(id => new BsonDocument { { "_id", id }, { "number", id }, { "total", id * 3 } }));
        await Collection(shop, "orders").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{number: 1}", new CreateIndexOptions { Unique = true }));
        await Collection(shop, "customers").InsertManyAsync(Enumerable.Range(0, 50).Select(id => new BsonDocument { { "_id", id }, { "active", true } }));
        await Collection(shop, "logs").InsertManyAsync(Enumerable.Range(0, 10).Select(id => new BsonDocument("_id", id)));
        await shop.CreateViewAsync<BsonDocument, BsonDocument>("active customers", "customers", new BsonDocument[] { new("$match", new BsonDocument("active", true)) });
        return (new Scenario(server, _folder.Path), shop);
    }
}
