using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Provokes the five common troubles that the guide of the Node scripts names. Each must say what is wrong and what to do.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class TroubleshootingTests(MongoFixture mongo, Ceph18Fixture ceph) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-trouble-").FullName;
    private readonly ModuleSession _session = new();

    [Fact]
    public async Task No_mongodump_is_no_trouble()
    {
        var server = await StartAsync();
        var script = Path.Combine(_folder, "backup.ps1");
        await File.WriteAllTextAsync(script, "Import-Module $env:TEST_MODULE\n$env:PATH = ''\n(New-Traf3liBackup -Destination $env:TEST_FOLDER | Test-Traf3liBackup -Depth Full -Destination $env:TEST_FOLDER).IsValid");

        var run = await HostProcess.RunAsync(script, _folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["TEST_MODULE"] = Artifact.Manifest, ["TEST_FOLDER"] = _folder, ["MONGODB_URI"] = server.Uri });

        Assert.Equal("True", run.Output.Trim());
    }

    [Fact]
    public async Task S3_access_denied()
    {
        var server = await StartAsync();
        var store = await ceph.GetAsync();
        var settings = Settings(
            $"MONGODB_URI={server.Uri}", $"BACKUP_DESTINATION={store.NewDestination()}", $"AWS_ACCESS_KEY_ID={store.AccessKeyId}", "AWS_SECRET_ACCESS_KEY=a-wrong-secret");

        var error = _session.Fail("New-Traf3liBackup -EnvFile $args[0]", settings);

        Assert.StartsWith("StoreAccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-secret", $"{error}{error.ErrorDetails}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_save_of_redis_that_takes_too_long()
    {
        await using var redis = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["repl-diskless-sync yes", "repl-diskless-sync-delay 60"] });

        var error = _session.Fail("New-Traf3liBackup -Source Redis -EnvFile $args[0]", Settings($"REDIS_URL={redis.Uri}", $"BACKUP_DESTINATION={_folder}", "REDIS_FORK_TIMEOUT=1s"));

        Assert.StartsWith("OperationTimedOut,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("REDIS_FORK_TIMEOUT", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_that_is_not_sent()
    {
        var server = await StartAsync();
        await using var resend = new WebhookReceiver { Status = 403, Answer = """{"statusCode":403,"name":"invalid_api_key","message":"API key is invalid"}""" };
        var settings = Settings(
            $"MONGODB_URI={server.Uri}",
            $"BACKUP_DESTINATION={_folder}",
            "BACKUP_NOTIFICATION_ENABLED=true",
            "BACKUP_NOTIFICATION_EMAIL=admin@example.com",
            "BACKUP_NOTIFICATION_FROM=backup@example.com",
            "RESEND_API_KEY=re_wrong",
            $"RESEND_API_URL={resend.Url.TrimEnd('/')}");

        var told = Assert.IsType<NotificationResult>(_session.Run("(New-Traf3liBackup -EnvFile $args[0] -WarningAction SilentlyContinue).Notification[0]", settings).Single().BaseObject);

        Assert.Equal(NotificationStatus.Failed, told.Status);
        Assert.Contains("RESEND_API_KEY", $"{told.Error} {told.Recommendation}", StringComparison.Ordinal);
        Assert.DoesNotContain("re_wrong", $"{told.Error} {told.Recommendation} {told.Target}", StringComparison.Ordinal);
        Assert.Contains("Warning", _session.Render("Get-Traf3liBackupHistory -EnvFile $args[0] -Latest 1", settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_is_too_large()
    {
        var server = await StartAsync();

        var error = _session.Fail("New-Traf3liBackup -EnvFile $args[0]", Settings($"MONGODB_URI={server.Uri}", $"BACKUP_DESTINATION={_folder}", "BACKUP_MAX_FILE_SIZE=1KB"));

        Assert.StartsWith("SizeLimitExceeded,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("BACKUP_MAX_FILE_SIZE", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*.archive*", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<MongoServer> StartAsync()
    {
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        return server;
    }

    private string Settings(params string[] lines)
    {
        var path = Path.Combine(_folder, "settings.env");
        File.WriteAllLines(path, lines);
        return path;
    }
}
