using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A replica set of 6.0 that requires a login.</summary>
public sealed class SecuredReplicaSet6() : MongoFixture(new MongoServerOptions { Authentication = true });

/// <summary>Users and roles travel with a backup, and a restore never locks anyone out.</summary>
public sealed class UsersAndRolesTests(SecuredReplicaSet6 fixture) : IClassFixture<SecuredReplicaSet6>, IDisposable
{
    private const string Password = "a throw-away word";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Users_and_roles_of_the_server_come_back_and_the_restoring_user_stays()
    {
        var scenario = await BeginAsync();
        var backup = await scenario.BackupAsync();
        Assert.Contains(backup.Manifest!.Namespace, item => item.ToString() == "admin.system.users");
        await DropUsersAsync();

        await scenario.RestoreAsync(backup, options => options with { IncludeUsersAndRoles = true, NoSafetyBackup = true });

        Assert.Equal("ok", await LogInAsync("app", "shop"));
        var roles = await fixture.Server.Database("shop").RunCommandAsync<BsonDocument>("{rolesInfo: 'reader'}");
        Assert.Single(roles["roles"].AsBsonArray);
        Assert.Equal("ok", await LogInAsync("root", "admin", MongoServer.RootPassword));
        Assert.DoesNotContain(
            await (await fixture.Server.Database("admin").ListCollectionNamesAsync()).ToListAsync(), name => name.StartsWith("temp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_being_asked_for_they_are_not_touched()
    {
        var scenario = await BeginAsync();
        var backup = await scenario.BackupAsync();
        await DropUsersAsync();
        Assert.NotEqual("ok", await LogInAsync("app", "shop"));

        await scenario.RestoreAsync(backup, options => options with { NoSafetyBackup = true });

        Assert.NotEqual("ok", await LogInAsync("app", "shop"));
    }

    [Fact]
    public async Task The_users_of_one_database_travel_with_it()
    {
        var scenario = await BeginAsync();
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"], DatabaseUsersAndRoles = true });
        await DropUsersAsync();

        await scenario.RestoreAsync(backup, options => options with { IncludeUsersAndRoles = true, NoSafetyBackup = true });

        Assert.Equal("ok", await LogInAsync("app", "shop"));
    }

    [Fact]
    public async Task A_user_with_the_least_roles_can_do_both()
    {
        var scenario = await BeginAsync();
        var admin = fixture.Server.Database("admin");
        await admin.RunCommandAsync<BsonDocument>(new BsonDocument { { "createUser", "operator" }, { "pwd", Password }, { "roles", new BsonArray { "backup", "restore", "readWriteAnyDatabase" } } });
        var least = new NetworkCredential("operator", Password);

        var backup = await scenario.BackupAsync(options => options with { Uri = fixture.Server.AnonymousUri, Credential = least });
        await fixture.Server.Client.DropDatabaseAsync("shop");
        await scenario.RestoreAsync(backup, options => options with { Uri = fixture.Server.AnonymousUri, Credential = least, IncludeUsersAndRoles = true });

        Assert.Equal(3, await fixture.Server.Database("shop").GetCollection<BsonDocument>("items").CountDocumentsAsync("{}"));
        await admin.RunCommandAsync<BsonDocument>("{dropUser: 'operator'}");
    }

    private async Task<Scenario> BeginAsync()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await DropUsersAsync();
        var shop = server.Database("shop");
        await shop.GetCollection<BsonDocument>("items").InsertManyAsync([new("_id", 1), new("_id", 2), new("_id", 3)]);
        await shop.RunCommandAsync<BsonDocument>("{createRole: 'reader', privileges: [{resource: {db: 'shop', collection: ''}, actions: ['find']}], roles: []}");
        await shop.RunCommandAsync<BsonDocument>(new BsonDocument { { "createUser", "app" }, { "pwd", Password }, { "roles", new BsonArray { "reader" } } });
        return new Scenario(server, _folder.Path);
    }

    private async Task DropUsersAsync()
    {
        var shop = fixture.Server.Database("shop");
        await shop.RunCommandAsync<BsonDocument>("{dropAllUsersFromDatabase: 1}");
        await shop.RunCommandAsync<BsonDocument>("{dropAllRolesFromDatabase: 1}");
    }

    private async Task<string> LogInAsync(string user, string database, string password = Password)
    {
        var settings = MongoClientSettings.FromConnectionString(fixture.Server.AnonymousUri);
        settings.Credential = MongoCredential.CreateCredential(database, user, password);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(5);

        // The driver shares connections between clients of equal settings; this one has to log in.
        settings.ApplicationName = Guid.NewGuid().ToString();
        using var client = new MongoClient(settings);
        try
        {
            await client.GetDatabase(database).RunCommandAsync<BsonDocument>("{connectionStatus: 1}");
            return "ok";
        }
        catch (Exception exception) when (exception is MongoException or TimeoutException)
        {
            return exception.GetType().Name;
        }
    }
}
