using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>What a user is told when the database server says no, and the least rights with which it does not.</summary>
public sealed class ServerErrorTests(SecuredMongoFixture secured) : IClassFixture<SecuredMongoFixture>, IDisposable
{
    private const string BackUp = "New-Traf3liBackup -Uri $args[0] -Destination $args[1]";

    private readonly ModuleSession _session = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-errors-").FullName;

    [Fact]
    public void A_wrong_password()
    {
        const string Wrong = "not:the@password";
        ReportedError.Expect(_session, "AuthenticationFailed", "refused the login", "authSource", Wrong, BackUp, secured.UriOf("reader", Wrong), _folder);
    }

    [Fact]
    public void No_login_where_one_is_needed() =>
        ReportedError.Expect(_session, "NotAuthorized", "requires authentication", "Grant", null, BackUp, secured.Server.AnonymousUri, _folder);

    [Fact]
    public void A_host_that_does_not_exist() => ReportedError.Expect(
        _session, "ServerUnreachable", "no-such-host.invalid", "Check host and port", SecuredMongoFixture.Password, BackUp,
        $"mongodb://reader:{Uri.EscapeDataString(SecuredMongoFixture.Password)}@no-such-host.invalid/?serverSelectionTimeoutMS=500", _folder);

    [Fact]
    public void A_port_that_nobody_listens_on() => ReportedError.Expect(
        _session, "ServerUnreachable", "refused", "that the server runs", null, BackUp, $"mongodb://127.0.0.1:{FreePort.Next()}/?serverSelectionTimeoutMS=500", _folder);

    [Fact]
    public void A_user_who_may_not_read_everything() => ReportedError.Expect(
        _session, "NotAuthorized", "may not run", "role backup", SecuredMongoFixture.Password, BackUp, secured.UriOf("reader"), _folder);

    [Fact]
    public void A_user_who_may_not_write()
    {
        _session.Run(BackUp, secured.Server.Uri, _folder);
        ReportedError.Expect(
            _session, "NotAuthorized", "may not run", "readWriteAnyDatabase", SecuredMongoFixture.Password,
            "Get-Traf3liBackup -Destination $args[1] | Restore-Traf3liBackup -Uri $args[0] -Namespace shop.orders", secured.UriOf("keeper"), _folder);
        Assert.Equal(200, MongoFixture.Count(secured.Server, "shop", "orders"));
    }

    [Theory]
    [InlineData("-WhatIf")]
    [InlineData("-NoSafetyBackup")]
    public async Task A_restore_names_the_rights_that_are_missing_before_it_writes(string how)
    {
        _session.Run(BackUp, secured.Server.Uri, _folder);
        await GrantAsync("half", "{ resource: { db: 'shop', collection: '' }, actions: ['find', 'listCollections', 'insert', 'update', 'remove', 'createCollection', 'bypassDocumentValidation'] }");
        await GrantAsync("half", "{ resource: { db: 'shop', collection: 'orders' }, actions: ['dropCollection', 'createIndex'] }");

        ReportedError.Expect(
            _session, "NotAuthorized", "may not run dropCollection on shop:", "Grant the right to run dropCollection on shop", SecuredMongoFixture.Password,
            $"Get-Traf3liBackup -Destination $args[1] | Restore-Traf3liBackup -Uri $args[0] -Namespace shop.orders {how}", secured.UriOf("half"), _folder);

        using var names = await secured.Server.Database("shop").ListCollectionNamesAsync();
        Assert.Equal(["orders"], await names.ToListAsync());
        Assert.Equal(200, MongoFixture.Count(secured.Server, "shop", "orders"));
    }

    [Fact]
    public async Task The_rights_that_are_named_are_enough()
    {
        _session.Run(BackUp, secured.Server.Uri, _folder);
        await GrantAsync("exact", "{ resource: { db: 'shop', collection: '' }, actions: ['find', 'listCollections', 'insert', 'update', 'remove', 'createCollection', 'dropCollection', 'bypassDocumentValidation', 'renameCollectionSameDB'] }");

        var result = Assert.Single(_session.Run(
            "$ConfirmPreference = 'None'; Get-Traf3liBackup -Destination $args[1] | Restore-Traf3liBackup -Uri $args[0] -Namespace shop.orders -NoSafetyBackup", secured.UriOf("exact"), _folder));

        Assert.Equal(200, Assert.IsType<RestoreResult>(result.BaseObject).DocumentCount);
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("root")]
    public void Who_may_write_gets_a_plan(string user)
    {
        _session.Run(BackUp, secured.Server.Uri, _folder);
        var uri = user == "root" ? secured.Server.Uri : secured.UriOf(user);
        var plan = Assert.Single(_session.Run("Get-Traf3liBackup -Destination $args[1] | Restore-Traf3liBackup -Uri $args[0] -IncludeUsersAndRoles -WhatIf", uri, _folder));
        Assert.IsType<RestorePlan>(plan.BaseObject);
    }

    [Fact]
    public void A_connection_string_that_is_none() => ReportedError.Expect(
        _session, "ConfigurationInvalid", "connection string", "mongodb://host:port/database", SecuredMongoFixture.Password, BackUp,
        $"mongo://reader:{SecuredMongoFixture.Password}@localhost", _folder);

    [Fact]
    public void Redis_without_its_setting() => ReportedError.Expect(
        _session, "ConfigurationInvalid", "REDIS_URL", "-Uri, or set REDIS_URL", null, "New-Traf3liBackup -Source Redis -Destination $args[0]", _folder);

    [Fact]
    public void All_sources_with_one_connection_string() => ReportedError.Expect(
        _session, "ConfigurationInvalid", "each server from its own setting", "choose one source", null, "New-Traf3liBackup -Source All -Uri $args[0] -Destination $args[1]", "mongodb://localhost", _folder);

    [Fact]
    public void The_role_backup_is_enough_for_a_backup() =>
        Assert.Single(_session.Run(BackUp, secured.UriOf("keeper"), _folder));

    [Fact]
    public void Reading_one_database_is_enough_for_its_backup_without_oplog_and_users() => Assert.Single(_session.Run(
        "New-Traf3liBackup shop -Consistency None -NoUsersAndRoles -Uri $args[0] -Destination $args[1] -WarningAction SilentlyContinue", secured.UriOf("reader"), _folder));

    [Fact]
    public void Three_roles_are_enough_for_a_restore_and_its_safety_backup()
    {
        _session.Run(BackUp, secured.UriOf("operator"), _folder);
        var result = Assert.Single(_session.Run(
            "$ConfirmPreference = 'None'; Get-Traf3liBackup -Latest 1 -Destination $args[1] | Restore-Traf3liBackup -Uri $args[0] -IncludeUsersAndRoles", secured.UriOf("operator"), _folder));
        Assert.NotNull(Assert.IsType<RestoreResult>(result.BaseObject).SafetyBackupKey);
    }

    /// <summary>Makes a user of this name, or gives the one there is another privilege.</summary>
    private async Task GrantAsync(string user, string privilege)
    {
        var admin = secured.Server.Database("admin");
        var role = user + Guid.NewGuid().ToString("n");
        await admin.RunCommandAsync<BsonDocument>(BsonDocument.Parse($"{{ createRole: '{role}', privileges: [{privilege}], roles: [] }}"));
        var known = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("usersInfo", user));
        await admin.RunCommandAsync<BsonDocument>(known["users"].AsBsonArray.Count > 0
            ? new BsonDocument { { "grantRolesToUser", user }, { "roles", new BsonArray { role } } }
            : new BsonDocument { { "createUser", user }, { "pwd", SecuredMongoFixture.Password }, { "roles", new BsonArray { role } } });
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
