using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Verification;

/// <summary>The backup of a replica set restored into scratch databases of a server of another kind or version.</summary>
public abstract class DrillOnOtherServerTests(ReplicaSet6 source, MongoFixture scratch)
{
    [Fact]
    public async Task A_backup_passes_the_drill_there_and_leaves_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await source.ClearAsync();
        var shop = source.Server.Database("shop");
        await shop.GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 3000).Select(number => new BsonDocument { { "_id", number }, { "total", number * 1.5 } }), cancellationToken: token);
        await shop.GetCollection<BsonDocument>("orders").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("total", 1)), cancellationToken: token);
        await shop.CreateCollectionAsync("weather", new CreateCollectionOptions { TimeSeriesOptions = new TimeSeriesOptions("at", "sensor") }, token);
        await shop.GetCollection<BsonDocument>("weather").InsertManyAsync(
            Enumerable.Range(0, 300).Select(number => new BsonDocument { { "at", DateTime.UnixEpoch.AddMinutes(number) }, { "sensor", number % 3 } }), cancellationToken: token);
        var engine = new BackupEngine();
        var backup = await engine.BackupAsync(
            new BackupOptions { WorkingDirectory = folder.Path, Destination = folder.Path, Uri = source.Server.Uri }, new RecordingReporter(), token);

        var result = await engine.TestAsync(
            new VerificationOptions
            {
                WorkingDirectory = folder.Path,
                Destination = folder.Path,
                Backup = backup,
                Depth = VerificationDepth.Restore,
                ScratchUri = scratch.Server.Uri,
                CriticalCollection = ["shop.orders", "shop.weather"],
            },
            new RecordingReporter(),
            token);

        Assert.Empty(result.Problem);
        Assert.Equal(backup.DocumentCount, result.DocumentCount);
        using var names = await scratch.Server.Client.ListDatabaseNamesAsync(token);
        Assert.DoesNotContain(await names.ToListAsync(token), name => name.StartsWith("traf3li_drill", StringComparison.Ordinal));
    }
}
