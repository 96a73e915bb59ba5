using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Backups of unusual sizes, to a folder and to S3, and what they record.</summary>
public sealed class BackupTests(ReplicaSet6 fixture, Ceph18Fixture ceph18, Ceph16Fixture ceph16) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_of_a_thousand_collections_comes_back()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        var many = server.Database("many");
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), async (number, token) =>
        {
            var collection = many.GetCollection<BsonDocument>($"c{number}");
            await collection.InsertManyAsync([new("_id", number), new BsonDocument { { "_id", -1 }, { "x", number } }], cancellationToken: token);
            await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{x: 1}"), cancellationToken: token);
        });
        var before = await ServerState.ReadAsync(server.Client, "many");
        var scenario = new Scenario(server, _folder.Path);
        var backup = await scenario.BackupAsync(options => options with { Database = ["many"] });
        await server.Client.DropDatabaseAsync("many");

        await scenario.RestoreAsync(backup);

        Scenario.AssertEqual(before, await ServerState.ReadAsync(server.Client, "many"));
    }

    [Fact]
    public async Task Documents_of_the_greatest_size_come_back()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await Scenario.FillFromCorpusAsync(server, "6.0.5-maxdoc.archive.gz");
        var before = await ServerState.ReadAsync(server.Client, "big");
        var scenario = new Scenario(server, _folder.Path);
        var backup = await scenario.BackupAsync(options => options with { Database = ["big"] });
        await server.Client.DropDatabaseAsync("big");

        await scenario.RestoreAsync(backup);

        Scenario.AssertEqual(before, await ServerState.ReadAsync(server.Client, "big"));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(16)]
    public async Task A_backup_in_s3_is_listed_and_comes_back(int ceph)
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await Scenario.FillFromCorpusAsync(server, "6.0.5-full.archive");
        var before = await ServerState.ReadAsync(server.Client);
        var s3 = await (ceph == 18 ? ceph18.GetAsync() : (Task<S3TestServer>)ceph16.GetAsync());
        var scenario = new Scenario(server, s3.NewDestination(), new NetworkCredential(s3.AccessKeyId, s3.SecretAccessKey));

        var backup = await scenario.BackupAsync(options => options with { Verify = true });
        var listed = Assert.Single(await scenario.ListAsync());
        await fixture.ClearAsync();
        await scenario.RestoreAsync(listed, options => options with { NoSafetyBackup = true });

        Assert.Equal(backup.Key, listed.Key);
        Assert.Equal(BackupStatus.Complete, listed.Status);
        Scenario.AssertEqual(before, await ServerState.ReadAsync(server.Client));
    }

    [Fact]
    public async Task The_database_of_the_connection_string_is_the_only_one_taken()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await server.Database("one").CreateCollectionAsync("a");
        await server.Database("two").CreateCollectionAsync("a");
        var scenario = new Scenario(server, _folder.Path);

        var backup = await scenario.BackupAsync(options => options with { Uri = server.Uri.Replace("/?", "/two?", StringComparison.Ordinal) });

        Assert.Equal(["two"], backup.Database);
    }

    [Fact]
    public async Task Too_large_a_backup_is_refused_and_leaves_nothing()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        var noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        await server.Database("shop").GetCollection<BsonDocument>("noise").InsertOneAsync(new BsonDocument("x", noise));
        var scenario = new Scenario(server, _folder.Path);

        var error = await Assert.ThrowsAsync<SizeLimitExceededException>(() => scenario.BackupAsync(options => options with { MaxSize = 1 << 16 }));

        Assert.Equal(1 << 16, error.Limit);
        Assert.Empty(await scenario.ListAsync());
        Assert.Empty(BackupFiles.In(_folder.Path));
    }

    [Fact]
    public async Task A_limit_on_the_oplog_restores_to_the_moment_before_it()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        var shop = server.Database("shop");
        var counter = shop.GetCollection<BsonDocument>("counter");
        await counter.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "n", 0 } });
        var scenario = new Scenario(server, _folder.Path);
        using var stop = new CancellationTokenSource();
        var times = new List<BsonTimestamp>();
        var started = new TaskCompletionSource();
        var writer = Task.Run(async () =>
        {
            for (var n = 1; !stop.IsCancellationRequested; n++)
            {
                var reply = await shop.RunCommandAsync<BsonDocument>(new BsonDocument { { "update", "counter" }, { "updates", new BsonArray { new BsonDocument { { "q", new BsonDocument("_id", 1) }, { "u", new BsonDocument("$set", new BsonDocument("n", n)) } } } } });
                times.Add(reply["operationTime"].AsBsonTimestamp);
                started.TrySetResult();
            }
        });
        await started.Task;
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"] });
        await stop.CancelAsync();
        await writer;
        Assert.True(backup.Manifest!.Oplog!.Count > 3, "the writer wrote nothing while the backup ran");

        // Times are those of the counter's own entries: entry n has times[n - 1].
        var inside = times.FindLastIndex(time => OplogPosition.FromValue(time.Value) <= backup.ConsistencyPoint);
        await scenario.RestoreAsync(backup, options => options with { NoSafetyBackup = true });
        Assert.Equal(inside + 1, (await counter.Find("{}").SingleAsync())["n"].ToInt32());

        var limit = OplogPosition.FromValue(times[inside].Value);
        await scenario.RestoreAsync(backup, options => options with { NoSafetyBackup = true, OplogLimit = limit });
        Assert.Equal(inside, (await counter.Find("{}").SingleAsync())["n"].ToInt32());
    }
}
