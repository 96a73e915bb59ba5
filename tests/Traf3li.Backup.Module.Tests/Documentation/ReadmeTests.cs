using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Runs every command of the README as it stands there, each in a process of its own after a first backup of a small shop.</summary>
[Collection(Servers.SharedServerCollection.Name)]
public sealed class ReadmeTests(MongoFixture mongo, Ceph18Fixture ceph) : IDisposable
{
    private const string Prelude = "$ErrorActionPreference = 'Stop'; $ConfirmPreference = 'None'; Import-Module ./out/Traf3li.Backup\n";

    // What the server holds after the block has run on a shop that lost 100 of its 500 orders since the backup, or on a Redis server that was changed
    // too (a command, its spaces as _, and its reply), and what the block printed.
    private static readonly Dictionary<string, (string[] Counts, string[] Said)> Expected = new(StringComparer.Ordinal)
    {
        ["A first backup 1"] = (["shop.orders 400"], ["What if", "Daily", "Complete", "shop"]),
        ["A first backup 2"] = (["shop.orders 400"], ["Restore", "True"]),
        ["A first backup 3"] = (["shop.orders 400"], ["Manual", "Complete"]),
        ["A first backup 4"] = (["shop.orders 400"], ["Manual", "Complete"]),
        ["A first backup 5"] = (["shop.orders 400"], ["Redis", "Complete", "True"]),
        ["Restore 1"] = (["shop.orders 400"], ["What if", "Replaces", "shop.orders", "770 documents now"]),
        ["Restore 2"] = (["shop.orders 500", "shop.customers 300"], ["870"]),
        ["Restore 3"] = (["shop.orders 500"], ["500"]),
        ["Restore 4"] = (["shop.orders 400", "shop_copy.orders 500", "copy.orders 500"], ["870"]),
        ["Restore 5"] = (["shop.orders 500"], ["870"]),
        ["Restore 6"] = (["shop.orders 500"], ["870"]),
        ["Restore 7"] = (["shop.orders 500"], ["870"]),
        ["Restore 8"] = (["shop.orders 500"], ["870"]),
        ["Restore Redis 1"] = (["DBSIZE 3", "GET_session:1 one"], ["What if", "Replaces the keys of db0", "SafetyBackupKey"]),
        ["Restore Redis 2"] = (["DBSIZE 3", "GET_session:1 spoilt"], ["2"]),
        ["Restore Redis 3"] = (["DBSIZE 3", "GET_session:1 spoilt"], ["3"]),
        ["Restore Redis 4"] = (["DBSIZE 3", "GET_session:1 spoilt"], ["True"]),
        ["Restore Redis 5"] = (["DBSIZE 4", "GET_session:1 one"], ["dump.rdb", "1.", "3.", "True"]),
        ["Set up the destination 1"] = (["shop.orders 400"], ["Done", "only its owner may enter", "WouldDo", "Versioning", "GLACIER", "s3:AbortMultipartUpload", "arn:aws:s3:::traf3li-new/nightly/backups/*"]),
        ["Retention 1"] = (["shop.orders 400"], ["What if", "Keep", "taken by hand", "no good backup of its environment and source is newer"]),
        ["Retention 2"] = (["shop.orders 400"], ["Daily", "Complete"]),
        ["Retention 3"] = (["shop.orders 400"], ["audit 2026", "held by", "the last good backup of this set"]),
        ["A second copy 1"] = (["shop.orders 400"], ["Copied", "What if", "mirror"]),
        ["A second copy 2"] = (["shop.orders 400"], ["Copied", "True"]),
        ["A second copy 3"] = (["shop.orders 400"], ["True"]),
        ["Archived backups 1"] = (["shop.orders 400"], ["What if: Thaw", "Archived", "NotTested", "Exit code for cron: 3", "is on its way"]),
        ["Locks, history and exit codes 1"] = (["shop.orders 400"], ["Backup", "Good"]),
        ["Notifications 1"] = (["shop.orders 400"], ["Webhook", "Sent", "127.0.0.1", "Daily", "Complete"]),
        ["Health 1"] = (["shop.orders 400"], ["MongoDB URI: Configured", "Redis Connection: Not configured", "Scheduled Jobs: 3 job(s)", "checks in", "BACKUP_COPY_DESTINATION is not set"]),
        ["Schedules 1"] = (["shop.orders 400"], ["Daily", "0 2 * * *", "0 */6 * * *", "off", "02:00:00"]),
        ["Schedules 2"] = (["shop.orders 400"], ["traf3li-backup-daily.timer", "systemctl enable --now", "@reboot", "schtasks /Create", "kubectl apply", "Register-Traf3liBackupSchedule.ps1"]),
        ["Without this module, and from others 2"] = (["shop.orders 500"], ["500"]),
        ["Without this module, and from others 3"] = (["shop.orders 400"], ["True"]),
        ["Settings 1"] = (["shop.orders 400"], ["BACKUP_DESTINATION", "MONGODB_URI"]),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-readme-").FullName;

    private static string Readme => Path.Combine(Artifact.RepositoryRoot, "README.md");

    public static TheoryData<string> PowerShellBlocks() => [.. MarkdownBlock.ReadAll(Readme).Where(block => block.Language == "powershell").Select(block => block.Name)];

    [Theory]
    [MemberData(nameof(PowerShellBlocks))]
    public async Task A_block_does_what_it_says(string name)
    {
        var block = MarkdownBlock.ReadAll(Readme).Single(block => block.Name == name);
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        var environment = Environment(server);
        var text = block.Text.Replace("localhost:27017", $"127.0.0.1:{server.Port}", StringComparison.Ordinal);
        await using var receiver = new WebhookReceiver();
        text = text.Replace("https://alerts.example.com/", receiver.Url, StringComparison.Ordinal);
        var bucket = new ArchiveBucket();
        await using var archive = new AnsweringHttpServer(bucket.Answer);
        if (text.Contains($"s3://{ArchiveBucket.Name}?", StringComparison.Ordinal))
        {
            text = text.Replace("https://objects.example.com", $"http://{archive.EndPoint}", StringComparison.Ordinal);
            environment["AWS_ACCESS_KEY_ID"] = environment["AWS_SECRET_ACCESS_KEY"] = "none";
        }
        else if (text.Contains("s3://", StringComparison.Ordinal))
        {
            text = await UseCephAsync(text, environment);
        }

        var isRedis = text.Contains("Redis", StringComparison.Ordinal);
        await using var redis = isRedis ? await RedisServer.StartOrSkipAsync() : null;
        await using var scratch = isRedis ? await RedisServer.StartOrSkipAsync() : null;
        text = text.Replace("localhost:6379", $"127.0.0.1:{redis?.Port}", StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_folder, "backups"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "out"), Path.Combine(Artifact.RepositoryRoot, "out"));
        await RunAsync("first.ps1", "New-Traf3liBackup -Database shop -DatabaseUsersAndRoles -WarningAction SilentlyContinue", environment);
        PrepareForeignFiles();
        Archive(bucket);
        await server.Database("shop").GetCollection<BsonDocument>("orders").DeleteManyAsync(Builders<BsonDocument>.Filter.Lt("_id", 100));
        if (redis is not null && scratch is not null)
        {
            environment["REDIS_URL"] = redis.Uri;
            environment["TEST_REDIS_URL"] = scratch.Uri;
            await PrepareRedisAsync(redis, environment);
        }

        var output = await RunAsync("block.ps1", $"& {{\n{text}\n}} | Out-String -Width 200", environment);
        var (counts, said) = Expected[name];
        Assert.All(said, words => Assert.Contains(words, output, StringComparison.Ordinal));
        foreach (var count in counts)
        {
            var question = count.Split(' ')[0];
            Assert.Equal(count, question.Contains('.', StringComparison.Ordinal) ? Count(server, question) : $"{question} {await redis!.RunAsync(question.Replace('_', ' '))}");
        }
    }

    [Fact]
    public void Every_block_has_its_outcome() =>
        Assert.Equal(PowerShellBlocks().Select(row => row.Data).Order(StringComparer.Ordinal), Expected.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    [Fact]
    public void Every_setting_and_every_error_is_named()
    {
        var readme = File.ReadAllText(Readme);
        using var session = new ModuleSession();
        var settings = session.Run("(Get-Traf3liBackupConfiguration).Name").Select(name => name.ToString());
        Assert.All(settings, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
        var types = typeof(BackupException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(BackupException)));
        Assert.All(types, type => Assert.Contains($"`{ErrorId(type)}`", readme, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Count(MongoServer server, string name) => $"{name} {MongoFixture.Count(server, name.Split('.')[0], name.Split('.')[1])}";

    private static string ErrorId(Type type) => type.Name[..^"Exception".Length];

    private async Task<string> RunAsync(string name, string script, Dictionary<string, string> environment)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, Prelude + script);
        var run = await HostProcess.RunAsync(path, _folder, environment);
        Assert.True(run.ExitCode == 0, run.Output);
        return run.Output;
    }

    private Dictionary<string, string> Environment(MongoServer server) => new(StringComparer.Ordinal)
    {
        ["MONGODB_URI"] = server.Uri,
        ["TEST_MONGODB_URI"] = server.Uri,
        ["BACKUP_DESTINATION"] = Path.Combine(_folder, "backups"),
    };

    // Three keys in a backup, of which one is spoilt and one is gone meanwhile, and one is new.
    private async Task PrepareRedisAsync(RedisServer redis, Dictionary<string, string> environment)
    {
        await redis.RunAsync("SET session:1 one", "HSET session:2 user 2", "RPUSH queue a b c");
        await RunAsync("redis.ps1", "New-Traf3liBackup -Source Redis -WarningAction SilentlyContinue", environment);
        await redis.RunAsync("SET session:1 spoilt", "DEL queue", "SET new 1");
    }

    // A copy of the first backup as mongodump would have left it: once as a file, once under a key of the Node scripts.
    private void PrepareForeignFiles()
    {
        var stored = Directory.GetFiles(Path.Combine(_folder, "backups"), "*.archive.gz", SearchOption.AllDirectories);
        if (stored.Length == 1)
        {
            File.Copy(stored[0], Path.Combine(_folder, "dump.archive.gz"));
            var legacy = Directory.CreateDirectory(Path.Combine(_folder, "backups", "backups", "daily", "2024", "12")).FullName;
            File.Copy(stored[0], Path.Combine(legacy, "mongodb-daily-production-2024-12-08T02-00-00-000Z.archive.gz"));
        }
    }

    // The first backup as a lifecycle rule leaves it.
    private void Archive(ArchiveBucket bucket)
    {
        var root = Path.Combine(_folder, "backups");
        foreach (var file in Directory.GetFiles(Path.Combine(root, "backups"), "*", SearchOption.AllDirectories))
        {
            var key = Path.GetRelativePath(root, file).Replace('\\', '/');
            bucket.Put(key, File.ReadAllBytes(file), key.EndsWith(".archive.gz", StringComparison.Ordinal) ? "GLACIER" : "STANDARD");
        }
    }

    private async Task<string> UseCephAsync(string text, Dictionary<string, string> environment)
    {
        if (await ceph.GetAsync() is not CephServer server)
        {
            Assert.Skip("The block names a bucket, which only a server of the test's own can have.");
            return text;
        }

        using var client = server.CreateClient();
        await client.PutBucketAsync("company-backups");
        environment["AWS_ACCESS_KEY_ID"] = server.AccessKeyId;
        environment["AWS_SECRET_ACCESS_KEY"] = server.SecretAccessKey;
        return text.Replace("https://objects.example.com", server.Endpoint.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
    }
}
