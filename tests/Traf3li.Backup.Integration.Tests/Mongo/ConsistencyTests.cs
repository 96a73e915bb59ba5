using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>
/// Backups taken while writers are at work: what is restored is the source's state at the consistency point, compared with what the source
/// itself reads at that moment (readConcern snapshot, atClusterTime), and it keeps what the writers' transactions keep true.
/// </summary>
public abstract class ConsistencyChecks(MongoFixture source) : IDisposable
{
    private const long BytesPerSecond = 25_000_000;

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Backs up a bank at work, restores it and compares.</summary>
    /// <param name="consistency">How it is backed up.</param>
    /// <param name="round">Seeds the writers.</param>
    /// <param name="isCatalogChanged">Whether collections and indexes come and go too.</param>
    /// <param name="target">Where it is restored; the source itself is restored over what it holds by then.</param>
    private protected async Task CompareAsync(BackupConsistency consistency, int round, bool isCatalogChanged, MongoFixture target)
    {
        await target.ClearAsync();
        await source.ClearAsync();

        // A name of its own, so that the oplog tells all of its history.
        var name = $"bank_{consistency}_{round}";
        var bank = new BusyBank(source.Server.Client, name);
        await bank.FillAsync();
        var writing = Task.WhenAll(bank.ChangeDocumentsAsync(round), isCatalogChanged ? bank.ChangeCatalogAsync() : Task.CompletedTask);
        BackupInfo backup;
        try
        {
            backup = await BackUpAsync(name, consistency);
        }
        finally
        {
            bank.Stop();
            await writing;
        }

        var point = backup.Manifest!.ConsistencyPoint!.Value;
        var names = await SourceHistory.ReadCollectionsAsync(source.Server.Client, name, point);
        var expected = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var collection in names)
        {
            expected[collection] = await SourceHistory.HashAsync(source.Server.Client, name, collection, point);
        }

        Assert.All(BusyBank.Lasting, lasting => Assert.NotNull(expected[lasting]));
        var result = await RestoreAsync(backup, target);

        var restored = target.Server.Database(name);
        Assert.Empty(await BusyBank.FindFaultsAsync(restored));
        foreach (var (collection, hash) in expected)
        {
            Assert.True(
                hash is null || collection.StartsWith("tmp.", StringComparison.Ordinal) || hash == await SourceHistory.HashAsync(target.Server.Client, name, collection, position: null),
                $"{collection} is not what it was at {point}.");
        }

        // What an aggregation was still filling is no one's data.
        names.RemoveWhere(collection => collection.StartsWith("tmp.agg_out.", StringComparison.Ordinal));
        Assert.Equal(string.Join(' ', names), string.Join(' ', (await (await restored.ListCollectionNamesAsync()).ToListAsync()).Order(StringComparer.Ordinal)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{result.OplogEntryCount} oplog entries; {expected.Values.Count(hash => hash is not null)} of {expected.Count} collections compared; {string.Join(" ", backup.Manifest.Warning)}");
    }

    private Task<BackupInfo> BackUpAsync(string database, BackupConsistency consistency)
    {
        var options = new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Uri = source.Server.Uri,
            Database = [database],
            Consistency = consistency,
            Compression = CompressionMethod.Zstd,
            RateLimit = BytesPerSecond,
        };
        return _engine.BackupAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken);
    }

    private Task<RestoreResult> RestoreAsync(BackupInfo backup, MongoFixture target)
    {
        var options = new RestoreOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = target.Server.Uri, Backup = backup, NoSafetyBackup = true };
        return _engine.RestoreAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken);
    }
}

/// <summary>Of one server, restored into a standalone of 6.0.</summary>
public abstract class ConsistencyTests(MongoFixture source, Standalone6 target) : ConsistencyChecks(source)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task With_the_oplog_the_backup_is_the_state_at_its_end(int round) =>
        CompareAsync(BackupConsistency.Oplog, round, isCatalogChanged: true, target);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task With_a_snapshot_the_backup_is_the_state_at_its_beginning(int round) =>
        CompareAsync(BackupConsistency.Snapshot, round, isCatalogChanged: false, target);
}

/// <summary>Of 6.0.</summary>
public sealed class ConsistencyOf6Tests(ReplicaSet6 source, Standalone6 target) : ConsistencyTests(source, target), IClassFixture<ReplicaSet6>, IClassFixture<Standalone6>;

/// <summary>Of 7.0.</summary>
public sealed class ConsistencyOf7Tests(ReplicaSet7 source, Standalone6 target) : ConsistencyTests(source, target), IClassFixture<ReplicaSet7>, IClassFixture<Standalone6>;

/// <summary>Of 6.0, restored into servers of another kind or version.</summary>
public sealed class ConsistencyOnOtherTargetsTests(ReplicaSet6 source, Standalone7 newer) : ConsistencyChecks(source), IClassFixture<ReplicaSet6>, IClassFixture<Standalone7>
{
    private readonly ReplicaSet6 _source = source;

    [Theory]
    [InlineData(4, "a standalone of 7.0")]
    [InlineData(5, "the replica set that it is of")]
    public Task With_the_oplog_the_backup_is_the_state_at_its_end_there_too(int round, string target) =>
        CompareAsync(BackupConsistency.Oplog, round, isCatalogChanged: true, target == "a standalone of 7.0" ? newer : _source);
}
