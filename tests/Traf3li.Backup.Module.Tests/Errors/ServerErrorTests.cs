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

    [Fact]
    public void A_connection_string_that_is_none() => ReportedError.Expect(
        _session, "ConfigurationInvalid", "connection string", "mongodb://host:port/database", SecuredMongoFixture.Password, BackUp,
        $"mongo://reader:{SecuredMongoFixture.Password}@localhost", _folder);

    [Fact]
    public void Redis() => ReportedError.Expect(
        _session, "ConfigurationInvalid", "Redis backups are not in this version", "-Source MongoDB", null, "New-Traf3liBackup -Source Redis -Destination $args[0]", _folder);

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

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
