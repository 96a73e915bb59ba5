using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Restores by users of few rights: who lacks one is told so before anything is written, and who has those that are named can restore.</summary>
public sealed class WriteRightsTests(SecuredReplicaSet6 fixture) : IClassFixture<SecuredReplicaSet6>, IAsyncLifetime
{
    private const string Password = "a throw-away word";
    private const string Journal = "{resource: {db: 'shop', collection: 'traf3li.restore.journal'}, actions: ['find', 'insert', 'update', 'remove', 'dropCollection']}";
    private const string List = "{resource: {db: 'shop', collection: ''}, actions: ['listCollections']}";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMongoDatabase Admin => fixture.Server.Database("admin");

    public async ValueTask InitializeAsync()
    {
        await fixture.ClearAsync();
        await Admin.RunCommandAsync<BsonDocument>("{dropAllRolesFromDatabase: 1}");
        var shop = fixture.Server.Database("shop");
        await shop.GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 100).Select(id => new BsonDocument { { "_id", id }, { "total", id } }));
        await shop.GetCollection<BsonDocument>("orders").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{total: 1}"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("staged")]
    [InlineData("in place")]
    [InlineData("merged")]
    public async Task ReadWrite_and_the_one_right_that_is_named_are_enough(string mode)
    {
        var backup = await BackUpAsync();
        var user = await CreateUserAsync("{role: 'readWrite', db: 'shop'}");

        var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => RestoreAsync(backup, user, mode));

        Assert.Equal("bypassDocumentValidation", error.Action);
        Assert.Contains("nothing was written", error.Message, StringComparison.Ordinal);
        await GrantAsync(user, $"{{resource: {{db: 'shop', collection: '{(mode == "in place" ? "orders" : "")}'}}, actions: ['bypassDocumentValidation']}}");
        await RequireRestoresAsync(backup, user, mode);
    }

    [Theory]
    [InlineData("staged", "{resource: {db: 'shop', collection: ''}, actions: ['createCollection', 'insert', 'bypassDocumentValidation', 'find', 'dropCollection', 'createIndex']}")]
    [InlineData("in place", "{resource: {db: 'shop', collection: 'orders'}, actions: ['createCollection', 'insert', 'bypassDocumentValidation', 'find', 'dropCollection', 'createIndex']}")]
    [InlineData("merged", "{resource: {db: 'shop', collection: ''}, actions: ['createCollection', 'insert', 'bypassDocumentValidation', 'find', 'dropCollection']}, {resource: {db: 'shop', collection: 'orders'}, actions: ['createIndex']}")]
    public async Task Nothing_is_asked_for_that_is_not_needed(string mode, string privileges)
    {
        var backup = await BackUpAsync();
        await fixture.Server.Database("other").GetCollection<BsonDocument>("things").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        var user = await CreateUserAsync();
        await GrantAsync(user, $"{privileges}, {Journal}, {List}, {{resource: {{db: 'other', collection: 'things'}}, actions: ['find']}}");

        await RequireRestoresAsync(backup, user, mode);
    }

    [Theory]
    [InlineData("staged")]
    [InlineData("in place")]
    public async Task Time_series_and_stored_functions_are_restored_with_the_roles_for_restoring(string mode)
    {
        var shop = fixture.Server.Database("shop");
        await shop.RunCommandAsync<BsonDocument>("{create: 'weather', timeseries: {timeField: 'at', metaField: 'sensor'}}", cancellationToken: Token);
        await shop.GetCollection<BsonDocument>("weather").InsertManyAsync(
            Enumerable.Range(0, 300).Select(number => new BsonDocument { { "at", DateTime.UnixEpoch.AddMinutes(number) }, { "sensor", number % 3 } }), cancellationToken: Token);
        await shop.GetCollection<BsonDocument>("weather").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{sensor: 1}"), cancellationToken: Token);
        await shop.GetCollection<BsonDocument>("system.js").InsertOneAsync(new BsonDocument { { "_id", "one" }, { "value", new BsonJavaScript("function() { return 1; }") } }, cancellationToken: Token);
        var before = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        var backup = await BackUpAsync();
        await shop.GetCollection<BsonDocument>("weather").DeleteManyAsync("{sensor: 1}", Token);
        var user = await CreateUserAsync("'restore'", "'readWriteAnyDatabase'");

        await RestoreAsync(backup, user, mode, wholeDatabase: true);

        var after = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(before["shop.weather"]["count"]!.ToJsonString(), after["shop.weather"]["count"]!.ToJsonString());
        Assert.Equal(before["shop.system.js"].ToJsonString(), after["shop.system.js"].ToJsonString());
    }

    [Theory]
    [InlineData("update")]
    [InlineData("remove")]
    public async Task The_captured_oplog_of_an_archive_without_manifest_asks_for_the_rights_to_apply_it(string missing)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var archive = await new BackupEngine().OpenPathAsync(
            new PathQuery { WorkingDirectory = _folder.Path, Path = Corpus.PathOf("stock/6.0.5-oplog.archive.gz") }, new RecordingReporter(), Token);
        string[] actions = ["listCollections", "createCollection", "insert", "bypassDocumentValidation", "find", "dropCollection", "createIndex", "update", "remove"];
        string Allow(IEnumerable<string> allowed) => $"{{resource: {{db: 'live', collection: ''}}, actions: ['{string.Join("', '", allowed)}']}}, {{resource: {{db: 'live', collection: 'traf3li.restore.journal'}}, actions: ['update', 'remove']}}";
        var lacking = await CreateUserAsync();
        await GrantAsync(lacking, Allow(actions.Where(action => action != missing)));
        var user = await CreateUserAsync();
        await GrantAsync(user, Allow(actions));

        var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => RestoreArchiveAsync(archive, lacking));
        var result = await RestoreArchiveAsync(archive, user);

        Assert.Equal((missing, "live"), (error.Action, error.Resource));
        Assert.Contains("nothing was written", error.Message, StringComparison.Ordinal);
        Assert.True(result.OplogEntryCount > 0);
    }

    private Task<RestoreResult> RestoreArchiveAsync(BackupInfo archive, NetworkCredential user) =>
        new Scenario(fixture.Server, _folder.Path).RestoreAsync(
            archive, options => options with { Uri = fixture.Server.AnonymousUri, Credential = user, Namespace = ["live.*"], NoSafetyBackup = true });

    private async Task RequireRestoresAsync(BackupInfo backup, NetworkCredential user, string mode)
    {
        var orders = fixture.Server.Database("shop").GetCollection<BsonDocument>("orders");
        await orders.DeleteManyAsync("{_id: {$lt: 50}}", Token);

        var result = await RestoreAsync(backup, user, mode);

        Assert.Equal(["shop.orders"], result.Namespace.Select(item => item.Name));
        Assert.Equal(100, await orders.CountDocumentsAsync("{}", cancellationToken: Token));
        using var names = await fixture.Server.Database("shop").ListCollectionNamesAsync(cancellationToken: Token);
        Assert.DoesNotContain(await names.ToListAsync(Token), name => name.StartsWith("traf3li.", StringComparison.Ordinal));
    }

    private Task<BackupInfo> BackUpAsync() => new Scenario(fixture.Server, _folder.Path).BackupAsync(options => options with { Database = ["shop"], NoUsersAndRoles = true });

    private Task<RestoreResult> RestoreAsync(BackupInfo backup, NetworkCredential user, string mode, bool wholeDatabase = false) =>
        new Scenario(fixture.Server, _folder.Path).RestoreAsync(backup, options => options with
        {
            Uri = fixture.Server.AnonymousUri,
            Credential = user,
            Namespace = wholeDatabase ? [] : ["shop.orders"],
            InPlace = mode == "in place",
            Merge = mode == "merged",
            NoSafetyBackup = true,
        });

    private async Task<NetworkCredential> CreateUserAsync(params string[] roles)
    {
        var name = "user" + Guid.NewGuid().ToString("n");
        await Admin.RunCommandAsync<BsonDocument>($"{{createUser: '{name}', pwd: '{Password}', roles: [{string.Join(", ", roles)}]}}", cancellationToken: Token);
        return new NetworkCredential(name, Password);
    }

    private async Task GrantAsync(NetworkCredential user, string privileges)
    {
        var role = "role" + Guid.NewGuid().ToString("n");
        await Admin.RunCommandAsync<BsonDocument>($"{{createRole: '{role}', privileges: [{privileges}], roles: []}}", cancellationToken: Token);
        await Admin.RunCommandAsync<BsonDocument>($"{{grantRolesToUser: '{user.UserName}', roles: ['{role}']}}", cancellationToken: Token);
    }
}
