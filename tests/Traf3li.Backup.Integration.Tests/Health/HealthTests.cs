using Amazon.S3;
using Amazon.S3.Model;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Health;

/// <summary>Health against real servers: all of them up, and each of them down in turn.</summary>
public sealed class HealthTests(ReplicaSet6 mongo, Ceph18Fixture ceph, Ceph16Fixture ceph16) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_is_up_with_a_folder()
    {
        await using var redis = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["repl-diskless-sync yes", "save \"\""] });
        var place = await PlaceAsync(redis);

        await RequireGoodAsync(place);

        Assert.Contains("➖ S3 Credentials: Not needed", (await place.CheckAsync()).Summary);
        Assert.Single(await place.HistoryAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_is_up_with_a_bucket_that_keeps_versions_and_is_otherwise_as_accepted(bool isCeph16)
    {
        if ((isCeph16 ? await ceph16.GetAsync() : await ceph.GetAsync()) is not CephServer server)
        {
            Assert.Skip("Only a server of the test's own can have a bucket with versions.");
            return;
        }

        var bucket = $"health-{Guid.NewGuid():N}";
        using var client = server.CreateClient();
        await client.PutBucketAsync(bucket, Token);
        await client.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } }, Token);
        await using var redis = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["repl-diskless-sync yes", "save \"\""] });
        var place = await PlaceAsync(redis);
        UseBucket(place, server, $"s3://{bucket}/p?endpoint={server.Endpoint}");
        place["BACKUP_HEALTH_ACCEPT"] = "Encryption,PublicAccess";
        await TakeAsync(place);

        var report = await place.CheckAsync(60);

        Assert.Equal(["Encryption", "PublicAccess"], report.Check.Where(check => check.Status == HealthStatus.Accepted).Select(check => check.Name).Order(StringComparer.Ordinal));
        Assert.All(report.Check.Where(check => check.Status != HealthStatus.Accepted), check => Assert.True(check.Status is HealthStatus.Good or HealthStatus.Skipped, check.ToString()));
        Assert.Equal((HealthStatus.Good, 0), (report.Status, report.ExitCode));
        Assert.Contains("✅ S3 Credentials: Configured", report.Summary);
        Assert.Equal(HealthStatus.Good, One(report, "Versioning").Status);
    }

    [Fact]
    public async Task An_empty_store_has_no_state_to_restore_to()
    {
        await using var redis = await RedisServer.StartOrSkipAsync();
        var report = await (await PlaceAsync(redis)).CheckAsync();

        Assert.Equal((HealthStatus.Critical, 1), (report.Status, report.ExitCode));
        Assert.Equal(2, report.Check.Count(check => check is { Name: "RecoveryPoint", Status: HealthStatus.Critical, Value: "no backup" }));
    }

    [Fact]
    public async Task Servers_that_do_not_listen_and_a_wrong_password_are_named()
    {
        await using var redis = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Password = "right" });
        var place = await PlaceAsync(redis);
        place["MONGODB_URI"] = $"mongodb://127.0.0.1:{FreePort.Next()}";
        place["REDIS_URL"] = redis.Uri.Replace("right", "wrong-word", StringComparison.Ordinal);

        var report = await place.CheckAsync(10);

        Assert.All(Servers(report), check => Assert.Equal(HealthStatus.Critical, check.Status));
        Assert.Contains("❌ MongoDB URI: Failed", report.Summary);
        Assert.DoesNotContain("wrong-word", string.Join('\n', report.Check), StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Good, One(report, "StoreReachable").Status);
        Assert.Equal(RunOutcome.Failed, Assert.Single(await place.HistoryAsync()).Outcome);
        await place.CheckAsync(10);
        Assert.Single(await place.HistoryAsync());
    }

    [Fact]
    public async Task Everything_that_hangs_is_left_behind()
    {
        using var silent = new SilentServer();
        var place = new HealthPlace(
            ("BACKUP_DESTINATION", $"s3://bucket?endpoint=http://{silent.EndPoint}"),
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("BACKUP_COPY_DESTINATION", $"s3://copies?endpoint=http://{silent.EndPoint}"),
            ("MONGODB_URI", $"mongodb://{silent.EndPoint}/?serverSelectionTimeoutMS=600000"),
            ("REDIS_URL", $"redis://{silent.EndPoint}"),
            ("BACKUP_NOTIFICATION_ENABLED", "true"),
            ("BACKUP_WEBHOOK_URL", $"http://{silent.EndPoint}"));

        // Without limits this would last for minutes.
        var report = await place.CheckAsync(3).WaitAsync(TimeSpan.FromMinutes(1), Token);

        Assert.Equal(HealthStatus.Unknown, One(report, "StoreReachable").Status);
        Assert.Contains("did not answer within 3 s", One(report, "StoreReachable").Value, StringComparison.Ordinal);
        Assert.All(Servers(report), check => Assert.Contains(check.Status, new[] { HealthStatus.Unknown, HealthStatus.Critical }));
        Assert.Equal(HealthStatus.Unknown, One(report, "SecondCopy").Status);
        Assert.Equal((HealthStatus.Critical, 1), (report.Status, report.ExitCode));
    }

    [Theory]
    [InlineData("s3://no-such-bucket-here?endpoint=", "testkey", "StoreReachable")]
    [InlineData("", "nobody", "StoreCredential")]
    public async Task A_bucket_that_is_missing_or_refuses_is_named(string destination, string key, string name)
    {
        if (await ceph.GetAsync() is not CephServer server)
        {
            Assert.Skip("Only a server of the test's own has known buckets.");
            return;
        }

        var place = new HealthPlace();
        UseBucket(place, server, destination.Length == 0 ? server.NewDestination() : destination + server.Endpoint.GetLeftPart(UriPartial.Authority));
        place["AWS_ACCESS_KEY_ID"] = key == "testkey" ? server.AccessKeyId : key;

        var report = await place.CheckAsync();

        Assert.Equal(HealthStatus.Critical, One(report, name).Status);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_named()
    {
        var path = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(path, "x", Token);
        var report = await new HealthPlace(("BACKUP_DESTINATION", path)).CheckAsync();

        Assert.Equal(HealthStatus.Critical, One(report, "StoreReachable").Status);
        Assert.Equal(HealthStatus.Critical, One(report, "StoreWritable").Status);
    }

    [Fact]
    public async Task A_mirror_that_lags_is_named()
    {
        var mirror = Directory.CreateDirectory(Path.Combine(_folder.Path, "mirror")).FullName;
        var sample = new CopySample(new FileSystemStore(_folder.Path, TimeProvider.System), new FileSystemStore(mirror, TimeProvider.System));
        var old = await sample.PutAsync(CopySample.Ago(3));
        var place = new HealthPlace(("BACKUP_DESTINATION", _folder.Path), ("BACKUP_COPY_DESTINATION", mirror));

        Assert.Equal(HealthStatus.Critical, One(await place.CheckAsync(), "SecondCopy").Status);
        await sample.CopyOneAsync(old);
        Assert.Equal(HealthStatus.Good, One(await place.CheckAsync(), "SecondCopy").Status);
    }

    private static IEnumerable<HealthCheck> Servers(HealthReport report) => report.Check.Where(check => check.Name == "ServerReachable");

    private static HealthCheck One(HealthReport report, string name) => report.Check.Single(check => check.Name == name);

    private static void UseBucket(HealthPlace place, CephServer server, string destination)
    {
        place["BACKUP_DESTINATION"] = destination;
        place["AWS_ACCESS_KEY_ID"] = server.AccessKeyId;
        place["AWS_SECRET_ACCESS_KEY"] = server.SecretAccessKey;
    }

    private static async Task TakeAsync(HealthPlace place)
    {
        foreach (var source in new[] { BackupSource.MongoDB, BackupSource.Redis })
        {
            await place.TestAsync(await place.BackupAsync(source));
        }
    }

    private static async Task RequireGoodAsync(HealthPlace place)
    {
        await TakeAsync(place);
        var report = await place.CheckAsync(60);
        Assert.All(report.Check, check => Assert.True(check.Status is HealthStatus.Good or HealthStatus.Skipped, check.ToString()));
        Assert.Equal((HealthStatus.Good, 0, true), (report.Status, report.ExitCode, report.IsHealthy));
        Assert.Equal("✅ All systems operational", report.Summary[^1]);
    }

    private async Task<HealthPlace> PlaceAsync(RedisServer redis)
    {
        await mongo.ClearAsync();
        await mongo.Server.Database("shop").GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 100).Select(number => new BsonDocument("_id", number)), cancellationToken: Token);
        await redis.RunAsync("SET key value");
        return new HealthPlace(("BACKUP_DESTINATION", _folder.Path), ("MONGODB_URI", mongo.Server.Uri), ("REDIS_URL", redis.Uri), ("BACKUP_QUOTA", "100GB"));
    }
}
