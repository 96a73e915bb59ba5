using MongoDB.Driver;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Runs every script of examples/ as it stands.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class ExampleTests(MongoFixture mongo, Ceph18Fixture ceph) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-examples-").FullName;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["PSModulePath"] = Path.Combine(Artifact.RepositoryRoot, "out") };
    private MongoServer _server = null!;

    private string Backups => Path.Combine(_folder, "backups");

    public async ValueTask InitializeAsync()
    {
        _server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(_server);
        _environment["MONGODB_URI"] = _server.Uri;
        _environment["BACKUP_DESTINATION"] = Directory.CreateDirectory(Backups).FullName;
    }

    [Fact]
    public async Task First_backup()
    {
        var run = await RunAsync("01-first-backup.ps1", "-Destination", "./new");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("is good", run.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "new"), "*.archive.gz", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task S3_with_a_custom_endpoint()
    {
        if (await ceph.GetAsync() is not CephServer server)
        {
            Assert.Skip("The example names a bucket, which only a server of the test's own can have.");
            return;
        }

        using var client = server.CreateClient();
        await client.PutBucketAsync("example-backups");
        _environment["AWS_ACCESS_KEY_ID"] = server.AccessKeyId;
        _environment["AWS_SECRET_ACCESS_KEY"] = server.SecretAccessKey;
        var run = await RunAsync("02-s3-custom-endpoint.ps1", "-Endpoint", server.Endpoint.GetLeftPart(UriPartial.Authority), "-Bucket", "example-backups");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("True", run.Output, StringComparison.Ordinal);
        var listed = await client.ListObjectsV2Async(new Amazon.S3.Model.ListObjectsV2Request { BucketName = "example-backups" });
        Assert.Contains(listed.S3Objects, item => item.Key.StartsWith("mongodb/backups/daily/", StringComparison.Ordinal) && item.Key.EndsWith(".archive.zst", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_copy()
    {
        TakeBackup();
        var run = await RunAsync("09-second-copy.ps1", "-To", "./mirror");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("Copied", run.Output, StringComparison.Ordinal);
        Assert.Contains("is good in", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_check()
    {
        var empty = await RunAsync("10-health-check.ps1", "-Timeout", "60s");
        Assert.True(empty.ExitCode == 1, empty.Output);
        Assert.Contains("Critical RecoveryPoint MongoDB: no backup", empty.Output, StringComparison.Ordinal);
        TakeBackup();
        var good = await RunAsync("10-health-check.ps1", "-Timeout", "60s");
        Assert.True(good.ExitCode == 0, good.Output);
        Assert.Contains("All systems operational", good.Output, StringComparison.Ordinal);
        var wrong = await RunAsync("10-health-check.ps1", "-Accept", "Versioning,MissedRun");
        Assert.True(wrong.ExitCode == 1, wrong.Output);
        Assert.Contains("'MissedRun'", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_up_a_folder()
    {
        var run = await RunAsync("11-set-up-destination.ps1", "-Destination", "./new");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("1 of 3 steps are left to do", run.Output, StringComparison.Ordinal);
        Assert.Contains("Done Folder", run.Output, StringComparison.Ordinal);
        var again = await RunAsync("11-set-up-destination.ps1", "-Destination", "./new");
        Assert.True(again.ExitCode == 0, again.Output);
        Assert.Contains("0 of ", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_up_a_bucket_and_its_policies()
    {
        if (await ceph.GetAsync() is not CephServer server)
        {
            Assert.Skip("The example makes a bucket, which only a server of the test's own can have.");
            return;
        }

        _environment["AWS_ACCESS_KEY_ID"] = server.AccessKeyId;
        _environment["AWS_SECRET_ACCESS_KEY"] = server.SecretAccessKey;
        var destination = $"s3://example-{Guid.NewGuid():N}/shop?endpoint={server.Endpoint.GetLeftPart(UriPartial.Authority)}";
        var run = await RunAsync("11-set-up-destination.ps1", "-Destination", destination, "-PolicyFolder", "./policies", "-ObjectLock", "Governance");

        // Ceph has no key to encrypt with and knows no limit of size in lifecycle rules.
        Assert.True(run.ExitCode == 2, run.Output);
        Assert.All(["Done Bucket", "AlreadySo Versioning", "Refused Archive", "Done Object Lock"], words => Assert.Contains(words, run.Output, StringComparison.Ordinal));
        Assert.All(["backup", "restore", "retention", "protection"], name =>
            Assert.Equal("2012-10-17", System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "policies", name + ".json"))).RootElement.GetProperty("Version").GetString()));
    }

    [Fact]
    public async Task Restore_one_collection()
    {
        TakeBackup();
        await _server.Database("shop").DropCollectionAsync("orders");
        var beside = await RunAsync("03-restore-one-collection.ps1", "shop.orders");
        Assert.True(beside.ExitCode == 0, beside.Output);
        Assert.Equal(500, MongoFixture.Count(_server, "shop_restored", "orders"));
        Assert.Equal(0, MongoFixture.Count(_server, "shop", "orders"));
        var replaced = await RunAsync("03-restore-one-collection.ps1", "shop.orders", "-Replace");
        Assert.True(replaced.ExitCode == 0, replaced.Output);
        Assert.Equal(500, MongoFixture.Count(_server, "shop", "orders"));
        Assert.Equal(0, MongoFixture.Count(_server, "shop_restored", "customers"));
    }

    [Fact]
    public async Task Drill()
    {
        TakeBackup();
        _environment["TEST_MONGODB_URI"] = _server.Uri;
        _environment["DRILL_CRITICAL_COLLECTIONS"] = "shop.customers,shop.orders";
        var run = await RunAsync("04-drill.Tests.ps1");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(4, run.Output.Split("[+]").Length - 1);
    }

    [Fact]
    public async Task Drill_that_fails()
    {
        TakeBackup();
        _environment["DRILL_CRITICAL_COLLECTIONS"] = "shop.invoices";
        var run = await RunAsync("04-drill.Tests.ps1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("[-] is whole", run.Output, StringComparison.Ordinal);
        Assert.Contains("shop.invoices", run.Output, StringComparison.Ordinal);
        Assert.Contains("(skipped)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_task_that_succeeds()
    {
        var run = await RunAsync("05-scheduled-task.ps1", "-Type", "Weekly", "-LogPath", "task.log");
        Assert.True(run.ExitCode == 0, run.Output + ReadLog());
        Assert.Contains("INFO backups/weekly/", ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_task_that_catches_up()
    {
        var missed = await RunAsync("05-scheduled-task.ps1", "-IfMissed");
        Assert.True(missed.ExitCode == 0, missed.Output);
        Assert.Contains("INFO backups/daily/", missed.Output, StringComparison.Ordinal);

        var again = await RunAsync("05-scheduled-task.ps1", "-IfMissed");
        Assert.Equal(3, again.ExitCode);
        Assert.Contains("No run was missed.", again.Output, StringComparison.Ordinal);

        _environment["BACKUP_ENVIRONMENT"] = "another";
        var other = await RunAsync("05-scheduled-task.ps1", "-IfMissed");
        Assert.True(other.ExitCode == 0, other.Output);
    }

    [Fact]
    public async Task Scheduled_task_that_warns()
    {
        await using var standalone = await MongoServer.StartAsync(new MongoServerOptions { ReplicaSet = false });
        await MongoFixture.ResetAsync(standalone);
        _environment["MONGODB_URI"] = standalone.Uri;
        var run = await RunAsync("05-scheduled-task.ps1", "-LogPath", "task.log");
        Assert.True(run.ExitCode == 2, run.Output + ReadLog());
        Assert.Contains("WARN A standalone server has no oplog", ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_task_whose_second_copy_fails()
    {
        _environment["BACKUP_COPY_DESTINATION"] = $"s3://copies/x?endpoint=http://127.0.0.1:{FreePort.Next()}";
        _environment["BACKUP_COPY_ACCESS_KEY_ID"] = "id";
        _environment["BACKUP_COPY_SECRET_ACCESS_KEY"] = "very-secret";
        var run = await RunAsync("05-scheduled-task.ps1", "-LogPath", "task.log");
        Assert.True(run.ExitCode == 2, run.Output + ReadLog());
        Assert.Contains("INFO backups/daily/", ReadLog(), StringComparison.Ordinal);
        Assert.Contains("WARN The backup is good, but was not copied to", ReadLog(), StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", run.Output + ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_task_that_fails()
    {
        _environment["MONGODB_URI"] = $"mongodb://127.0.0.1:{FreePort.Next()}/?serverSelectionTimeoutMS=500";
        var run = await RunAsync("05-scheduled-task.ps1", "-LogPath", "task.log");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ERROR ServerUnreachable", ReadLog(), StringComparison.Ordinal);
        Assert.Contains("Check host and port", ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alert_mail()
    {
        await using var receiver = new WebhookReceiver();
        _environment["BACKUP_WEBHOOK_URL"] = receiver.Url + "very-secret";
        var test = await RunAsync("08-alert-mail.ps1", "-Test");
        Assert.True(test.ExitCode == 0, test.Output);
        Assert.Contains("notification.good", Assert.Single(receiver.Bodies), StringComparison.Ordinal);
        var good = await RunAsync("08-alert-mail.ps1");
        Assert.True(good.ExitCode == 0, good.Output);
        Assert.Single(receiver.Bodies);

        _environment["MONGODB_URI"] = $"mongodb://127.0.0.1:{FreePort.Next()}/?serverSelectionTimeoutMS=500";
        var bad = await RunAsync("08-alert-mail.ps1");
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("ServerUnreachable", receiver.Bodies[1], StringComparison.Ordinal);
        Assert.Contains("FAILED: daily MongoDB backup", receiver.Bodies[1], StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", test.Output + good.Output + bad.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Module.Tests.ps1", 8)]
    [InlineData("Backup.Tests.ps1", 8)]
    public async Task Tests_of_users(string script, int expected)
    {
        var run = await HostProcess.RunAsync(Path.Combine(Artifact.RepositoryRoot, "tests", "Pester", script), _folder, _environment);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(expected, run.Output.Split("[+]").Length - 1);
    }

    [Fact]
    public void Every_example_has_a_synopsis_and_is_part_of_the_module()
    {
        using var session = new ModuleSession();
        var scripts = Directory.GetFiles(Path.Combine(Artifact.RepositoryRoot, "examples"), "*.ps1");
        Assert.All(scripts, script =>
        {
            Assert.True(File.Exists(Path.Combine(Artifact.ModulePath, "examples", Path.GetFileName(script))));
            Assert.NotEmpty(session.Run("(Get-Help $args[0]).Synopsis", script).Single().ToString());
        });
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    // No one is there to answer questions.
    private async Task<HostProcess> RunAsync(string example, params string[] arguments)
    {
        var path = Path.Combine(_folder, "run.ps1");
        var quoted = arguments.Select(argument => argument.StartsWith('-') ? argument : $"'{argument}'");
        await File.WriteAllTextAsync(path, $"$ConfirmPreference = 'None'\n& '{Path.Combine(Artifact.ModulePath, "examples", example)}' {string.Join(' ', quoted)}\nexit $LASTEXITCODE");
        return await HostProcess.RunAsync(path, _folder, _environment);
    }

    private string ReadLog() => File.Exists(Path.Combine(_folder, "task.log")) ? File.ReadAllText(Path.Combine(_folder, "task.log")) : "";

    private void TakeBackup()
    {
        using var session = new ModuleSession();
        session.Run("New-Traf3liBackup shop -Uri $args[0] -Destination $args[1]", _server.Uri, Backups);
    }
}
