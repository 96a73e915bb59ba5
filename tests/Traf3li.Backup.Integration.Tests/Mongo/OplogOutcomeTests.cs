using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A replica set of 6.0 that fails on demand.</summary>
public sealed class FailingReplicaSet6() : MongoFixture(new MongoServerOptions { Arguments = ["--setParameter", "enableTestCommands=1"] });

/// <summary>
/// Restores of a backup during which collections, views and a whole database came and went: the target gets what was there at the backup's
/// end, whatever lives under those names by then.
/// </summary>
public sealed class OplogOutcomeTests(FailingReplicaSet6 fixture) : IClassFixture<FailingReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IMongoDatabase Shop => fixture.Server.Database("shop");

    private IMongoDatabase Fresh => fixture.Server.Database("fresh");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_target_holds_what_was_there_at_the_end(bool inPlace)
    {
        var backup = await BackUpAsync();
        var before = await ServerState.ReadAsync(fixture.Server.Client, "shop", "fresh");
        await ChangeLiveAsync();
        var scenario = new Scenario(fixture.Server, _folder.Path);

        var result = await scenario.RestoreAsync(backup, options => options with { InPlace = inPlace });

        Scenario.AssertEqual(before, await ServerState.ReadAsync(fixture.Server.Client, "shop", "fresh"));
        Assert.Equal(["fresh.other", "shop.gone", "shop.gone_view", "shop.later"], result.Dropped.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["fresh.new", "fresh.new_view", "shop.again", "shop.bulk", "shop.late", "shop.late_view"],
            result.Namespace.Select(item => item.Name).Order(StringComparer.Ordinal));
        var saved = (await scenario.ListAsync()).Where(item => item.Key != backup.Key).ToArray();
        Assert.Equal(2, saved.Length);
        var late = Assert.Single(saved, item => item.Key != result.SafetyBackupKey);
        Assert.Equal(["fresh.new", "fresh.other"], late.Manifest!.Namespace.Select(item => $"{item.Database}.{item.Collection}").Order(StringComparer.Ordinal));
        Assert.Contains(result.Warning, warning => warning.Contains(late.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Merging_takes_nothing_away()
    {
        var backup = await BackUpAsync();
        await ChangeLiveAsync();

        var result = await new Scenario(fixture.Server, _folder.Path).RestoreAsync(backup, options => options with { Merge = true });

        Assert.Empty(result.Dropped);
        Assert.Equal("0 1 2 99", await IdsAsync(Shop, "late"));
        Assert.Equal("99", await IdsAsync(Shop, "gone"));
        Assert.Equal("99", await IdsAsync(Shop, "gone_view"));
        Assert.Equal("99", await IdsAsync(Shop, "later"));
        Assert.Equal("7 99", await IdsAsync(Fresh, "new"));
        Assert.Equal("99", await IdsAsync(Fresh, "other"));
        Assert.Equal("mine", (await Shop.GetCollection<BsonDocument>("late").Find("{_id: 1}").SingleAsync())["of"]);
    }

    [Fact]
    public async Task A_collection_that_alone_is_restored_and_was_dropped_is_gone()
    {
        var backup = await BackUpAsync();
        await ChangeLiveAsync();

        var result = await new Scenario(fixture.Server, _folder.Path).RestoreAsync(backup, options => options with { Namespace = ["shop.gone"] });

        Assert.Equal(["shop.gone"], result.Dropped);
        Assert.Equal("", await IdsAsync(Shop, "gone"));
        Assert.Equal("99", await IdsAsync(Shop, "later"));
    }

    [Fact]
    public async Task A_restore_that_fails_leaves_nothing_in_a_database_that_came_late()
    {
        var backup = await BackUpAsync();
        await ChangeLiveAsync();
        var live = await ServerState.ReadAsync(fixture.Server.Client, "shop", "fresh");
        var admin = fixture.Server.Database("admin");
        await admin.RunCommandAsync<BsonDocument>("{configureFailPoint: 'failCommand', mode: 'alwaysOn', data: {failCommands: ['createIndexes'], errorCode: 67}}");
        try
        {
            await Assert.ThrowsAsync<IndexesRefusedException>(() => new Scenario(fixture.Server, _folder.Path).RestoreAsync(backup));
        }
        finally
        {
            await admin.RunCommandAsync<BsonDocument>("{configureFailPoint: 'failCommand', mode: 'off'}");
        }

        Scenario.AssertEqual(live, await ServerState.ReadAsync(fixture.Server.Client, "shop", "fresh"));
    }

    [Fact]
    public async Task What_the_oplog_of_a_stock_dump_drops_is_gone_too()
    {
        await fixture.ClearAsync();
        await InsertAsync(Shop, "gone", 99, 1, "mine");
        await InsertAsync(Shop, "later", 99, 1, "mine");

        var result = await RestoreDumpAsync("{drop: 'gone'}");

        Assert.Equal(["shop.gone"], result.Dropped);
        Assert.Equal("", await IdsAsync(Shop, "gone"));
        Assert.Equal("99", await IdsAsync(Shop, "later"));
    }

    [Theory]
    [InlineData("{renameCollection: 'gone', to: 'shop.other'}")]
    [InlineData("{renameCollection: 'shop.gone', to: ''}")]
    [InlineData("{create: 5}")]
    [InlineData("{}")]
    [InlineData("{commitIndexBuild: 'gone'}")]
    public async Task An_oplog_that_says_nothing_sensible_is_a_damaged_archive(string command)
    {
        await fixture.ClearAsync();
        await InsertAsync(Shop, "gone", 99, 1, "mine");

        await Assert.ThrowsAsync<ArchiveCorruptException>(() => RestoreDumpAsync(command));

        Assert.Equal("99", await IdsAsync(Shop, "gone"));
        Assert.Equal(["gone"], await (await Shop.ListCollectionNamesAsync()).ToListAsync());
    }

    private static async Task<string> IdsAsync(IMongoDatabase database, string collection) =>
        string.Join(' ', (await database.GetCollection<BsonDocument>(collection).Find("{}").ToListAsync()).Select(item => item["_id"].ToInt32()).Order());

    private static IEnumerable<BsonDocument> Documents(int from, int count, string of) =>
        Enumerable.Range(from, count).Select(id => new BsonDocument { { "_id", id }, { "of", of } });

    private static Task InsertAsync(IMongoDatabase database, string collection, int from, int count, string of) =>
        database.GetCollection<BsonDocument>(collection).InsertManyAsync(Documents(from, count, of));

    // As mongodump --oplog --out writes it: a collection, and one command that happened meanwhile.
    private Task<RestoreResult> RestoreDumpAsync(string command)
    {
        var dump = Directory.CreateDirectory(Path.Combine(_folder.Path, "dump")).FullName;
        var shop = Directory.CreateDirectory(Path.Combine(dump, "shop")).FullName;
        File.WriteAllBytes(Path.Combine(shop, "gone.bson"), new BsonDocument("_id", 1).ToBson());
        File.WriteAllText(Path.Combine(shop, "gone.metadata.json"), "{\"options\":{},\"indexes\":[{\"v\":2,\"key\":{\"_id\":1},\"name\":\"_id_\"}],\"collectionName\":\"gone\",\"type\":\"collection\"}");
        var entry = new BsonDocument { { "op", "c" }, { "ns", "shop.$cmd" }, { "o", BsonDocument.Parse(command) }, { "ts", new BsonTimestamp(1_700_000_000, 1) } };
        File.WriteAllBytes(Path.Combine(dump, "oplog.bson"), entry.ToBson());
        return new Scenario(fixture.Server, _folder.Path).RestoreAsync(new BackupInfo { Key = "dump", Path = dump }, options => options with { NoSafetyBackup = true });
    }

    private async Task<BackupInfo> BackUpAsync()
    {
        await fixture.ClearAsync();
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        await Shop.GetCollection<BsonDocument>("bulk").InsertManyAsync(Enumerable.Range(0, 20).Select(id => new BsonDocument { { "_id", id }, { "bytes", bytes } }));
        await InsertAsync(Shop, "gone", 0, 3, "backup");
        await InsertAsync(Shop, "again", 0, 3, "backup");
        await Shop.CreateViewAsync<BsonDocument, BsonDocument>("gone_view", "gone", new EmptyPipelineDefinition<BsonDocument>());
        var changes = new ActWhen(update => update.PercentComplete > 0, () => ChangeWhileReading().GetAwaiter().GetResult());
        var options = new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Environment = "test",
            Uri = fixture.Server.Uri,
            Type = BackupType.Daily,
        };
        var backup = await new BackupEngine(new ProcessEnvironment(), new BusyClock()).BackupAsync(options, changes, TestContext.Current.CancellationToken);
        Assert.True(changes.IsDone);
        Assert.True(backup.Manifest!.Oplog!.Count > 0);
        return backup;
    }

    private async Task ChangeWhileReading()
    {
        await Shop.DropCollectionAsync("gone_view");
        await Shop.DropCollectionAsync("gone");
        await Shop.DropCollectionAsync("again");
        await InsertAsync(Shop, "again", 10, 2, "again");
        await InsertAsync(Shop, "late", 0, 3, "backup");
        await Shop.GetCollection<BsonDocument>("late").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{of: 1}"));
        await Shop.CreateViewAsync<BsonDocument, BsonDocument>("late_view", "late", new EmptyPipelineDefinition<BsonDocument>());
        await InsertAsync(Fresh, "new", 7, 1, "backup");
        await Fresh.CreateViewAsync<BsonDocument, BsonDocument>("new_view", "new", new EmptyPipelineDefinition<BsonDocument>());
    }

    // What lives under those names when it is restored: a view is a collection now, and a collection has other documents.
    private async Task ChangeLiveAsync()
    {
        await InsertAsync(Shop, "gone", 99, 1, "mine");
        await InsertAsync(Shop, "gone_view", 99, 1, "mine");
        await InsertAsync(Shop, "later", 99, 1, "mine");
        await Shop.GetCollection<BsonDocument>("late").DeleteManyAsync("{_id: {$lt: 2}}");
        await InsertAsync(Shop, "late", 1, 1, "mine");
        await InsertAsync(Shop, "late", 99, 1, "mine");
        await Fresh.DropCollectionAsync("new_view");
        await Fresh.GetCollection<BsonDocument>("new").DeleteManyAsync("{}");
        await InsertAsync(Fresh, "new", 99, 1, "mine");
        await InsertAsync(Fresh, "other", 99, 1, "mine");
    }
}
