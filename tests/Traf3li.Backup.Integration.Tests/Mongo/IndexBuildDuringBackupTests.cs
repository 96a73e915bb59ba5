using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Backups of a collection of which a unique index is being built that its documents will not allow.</summary>
public abstract class IndexBuildDuringBackupChecks(MongoFixture fixture) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(BackupConsistency.Oplog)]
    [InlineData(BackupConsistency.Snapshot)]
    [InlineData(BackupConsistency.None)]
    public async Task An_unfinished_index_does_not_keep_the_backup_from_being_restored(BackupConsistency consistency)
    {
        var token = TestContext.Current.CancellationToken;
        await fixture.ClearAsync();
        var server = fixture.Server;
        var orders = server.Database("shop").GetCollection<BsonDocument>("orders");
        await orders.InsertManyAsync([new BsonDocument { { "_id", 1 }, { "n", 1 } }, new BsonDocument { { "_id", 2 }, { "n", 1 } }], cancellationToken: token);
        await server.Database("shop").RunCommandAsync<BsonDocument>("{createIndexes: 'orders', indexes: [{key: {m: 1}, name: 'finished'}]}", cancellationToken: token);
        var admin = server.Database("admin");
        var held = await admin.RunCommandAsync<BsonDocument>("{configureFailPoint: 'hangAfterStartingIndexBuild', mode: 'alwaysOn'}", cancellationToken: token);
        var scenario = new Scenario(server, _folder.Path);
        Task<BsonDocument> building;
        BackupInfo backup;
        try
        {
            building = server.Database("shop").RunCommandAsync<BsonDocument>("{createIndexes: 'orders', indexes: [{key: {n: 1}, name: 'impossible', unique: true}]}", cancellationToken: token);
            var wait = new BsonDocument { { "waitForFailPoint", "hangAfterStartingIndexBuild" }, { "timesEntered", held["count"].ToInt32() + 1 }, { "maxTimeMS", 60_000 } };
            await admin.RunCommandAsync<BsonDocument>(wait, cancellationToken: token);
            backup = await scenario.BackupAsync(options => options with { Database = ["shop"], Consistency = consistency });
        }
        finally
        {
            await admin.RunCommandAsync<BsonDocument>("{configureFailPoint: 'hangAfterStartingIndexBuild', mode: 'off'}", cancellationToken: token);
        }

        await Assert.ThrowsAsync<MongoCommandException>(() => building);
        await fixture.ClearAsync();
        await scenario.RestoreAsync(backup);

        var indexes = await (await orders.Indexes.ListAsync(token)).ToListAsync(token);
        Assert.Equal(["_id_", "finished"], indexes.Select(index => index["name"].AsString));
        Assert.Contains(backup.Manifest!.Warning, warning => warning.Contains("The index impossible of shop.orders", StringComparison.Ordinal));
    }
}

/// <summary>A one-member replica set whose index builds can be stopped half way.</summary>
public sealed class HeldIndexBuilds6() : MongoFixture(new MongoServerOptions { Arguments = ["--setParameter", "enableTestCommands=1"] });

/// <summary>The same of 7.0.</summary>
public sealed class HeldIndexBuilds7() : MongoFixture(new MongoServerOptions { Version = MongoServerOptions.Version7, Arguments = ["--setParameter", "enableTestCommands=1"] });

/// <summary>Of 6.0.</summary>
public sealed class IndexBuildDuringBackupOf6Tests(HeldIndexBuilds6 fixture) : IndexBuildDuringBackupChecks(fixture), IClassFixture<HeldIndexBuilds6>;

/// <summary>Of 7.0.</summary>
public sealed class IndexBuildDuringBackupOf7Tests(HeldIndexBuilds7 fixture) : IndexBuildDuringBackupChecks(fixture), IClassFixture<HeldIndexBuilds7>;
