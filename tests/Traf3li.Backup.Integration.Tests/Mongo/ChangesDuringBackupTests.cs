using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>What others change on the server at one certain moment of a backup: when the collections were listed, and nothing was read.</summary>
public sealed class ChangesDuringBackupTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    // Longer than it takes to list the collections, and much shorter than it takes to ask each for its indexes.
    private static readonly TimeSpan CreationInterval = TimeSpan.FromMilliseconds(40);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restore_that_puts_a_collection_into_place_stops_the_backup()
    {
        var database = await FillAsync();
        await Assert.ThrowsAsync<OplogGapException>(() => BackUpAsync(BackupConsistency.Oplog, () =>
        {
            database.GetCollection<BsonDocument>("traf3li.restore.0123.1").InsertOne(new BsonDocument("_id", "restored"));
            database.RenameCollection("traf3li.restore.0123.1", "orders", new RenameCollectionOptions { DropTarget = true });
        }));
    }

    [Fact]
    public async Task A_snapshot_has_all_collections_that_there_were_at_its_moment()
    {
        var database = await FillAsync();
        for (var number = 0; number < 60; number++)
        {
            await database.CreateCollectionAsync($"early{number}", cancellationToken: TestContext.Current.CancellationToken);
        }

        using var stop = new CancellationTokenSource();
        var creating = Task.Run(
            async () =>
            {
                for (var number = 0; !stop.IsCancellationRequested; number++)
                {
                    await database.CreateCollectionAsync($"late{number}", cancellationToken: CancellationToken.None);
                    await Task.Delay(CreationInterval, CancellationToken.None);
                }
            },
            CancellationToken.None);
        try
        {
            for (var round = 0; round < 5; round++)
            {
                var backup = await BackUpAsync(BackupConsistency.Snapshot, () => { });
                var names = await SourceHistory.ReadCollectionsAsync(fixture.Server.Client, "shop", backup.Manifest!.ConsistencyPoint!.Value);
                Assert.Equal(names, backup.Manifest.Namespace.Select(item => item.Collection).Order(StringComparer.Ordinal));
                Assert.Empty(backup.Manifest.Warning);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await creating;
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_cost_the_backup()
    {
        await FillAsync();
        var time = new SetBackTime();
        var backup = await BackUpAsync(BackupConsistency.Oplog, () => time.Offset = TimeSpan.FromHours(-1), time);

        var listed = await new BackupCatalog(new FileSystemStore(_folder.Path, TimeProvider.System)).TryReadManifestAsync(backup.Key, TestContext.Current.CancellationToken);
        Assert.Equal(listed!.StartTime, listed.EndTime);
    }

    private async Task<IMongoDatabase> FillAsync()
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database("shop");
        await database.GetCollection<BsonDocument>("orders").InsertOneAsync(new BsonDocument("_id", 1));
        return database;
    }

    private Task<BackupInfo> BackUpAsync(BackupConsistency consistency, Action change, TimeProvider? time = null)
    {
        var options = new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Uri = fixture.Server.Uri,
            Database = ["shop"],
            Consistency = consistency,
        };
        return new BackupEngine(new ProcessEnvironment(), time ?? TimeProvider.System).BackupAsync(options, new ChangingReporter(change), TestContext.Current.CancellationToken);
    }

    private sealed class SetBackTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }

    // What it is told when the plan is made comes before the first read, and the engine waits for it.
    private sealed class ChangingReporter(Action change) : IEngineReporter
    {
        public void Verbose(string message)
        {
            if (message.Contains("; consistency ", StringComparison.Ordinal))
            {
                change();
            }
        }

        public void Warning(string message)
        {
        }

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
