using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Backups whose connection to the server is cut while collections are read: they go on where they were, and lose or double nothing.</summary>
public abstract class LostConnectionTests(MongoFixture fixture) : IDisposable
{
    private const string Database = "cut";

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(BackupConsistency.Oplog)]
    [InlineData(BackupConsistency.Snapshot)]
    [InlineData(BackupConsistency.None)]
    public async Task A_backup_goes_on_where_a_connection_was_cut(BackupConsistency consistency)
    {
        await fixture.ClearAsync();
        await ReadingKinds.FillAsync(fixture.Server.Database(Database));
        var whole = await BackUpAsync(fixture.Server.Port, consistency, new RecordingReporter());
        await using var proxy = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, fixture.Server.Port));
        var reporter = new RetryReporter(() => proxy.CutDownloadAfter(6_000_000), 6);
        proxy.CutDownloadAfter(6_000_000);

        var cut = await BackUpAsync(proxy.Port, consistency, reporter);

        Assert.True(proxy.Cuts >= 5, $"{proxy.Cuts} connections were cut");
        Assert.True(reporter.Retries >= 5, $"{reporter.Retries} retries were reported");
        Assert.Contains(reporter.Inner.Details, line => line.StartsWith($"find on {Database}.", StringComparison.Ordinal) && line.Contains("attempt 2", StringComparison.Ordinal));
        Assert.Contains(reporter.Inner.Details, line => line.Contains("reading went on", StringComparison.Ordinal));
        Assert.Equal(Describe(whole), Describe(cut));
        Assert.Empty(cut.Manifest!.Warning.Except(whole.Manifest!.Warning));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task Deleted_records_do_not_keep_it_from_going_on(int keptEvery)
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database(Database);
        await database.RunCommandAsync<BsonDocument>("{create: 'clustered', clusteredIndex: {key: {_id: 1}, unique: true}}");
        await ReadingKinds.InsertAsync(database, "ordinary", 0, ReadingKinds.Count);
        await ReadingKinds.InsertAsync(database, "clustered", 0, ReadingKinds.Count);
        await using var proxy = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, fixture.Server.Port));
        var reporter = new RetryReporter(
            () =>
            {
                // What the lost cursor stood on is deleted, and all or nearly all before it.
                var before = new BsonDocument("_id", new BsonDocument("$lt", ReadingKinds.Count - 1000));
                if (keptEvery > 0)
                {
                    before["_id"]["$not"] = new BsonDocument("$mod", new BsonArray { keptEvery, 0 });
                }

                foreach (var name in (string[])["ordinary", "clustered"])
                {
                    database.GetCollection<BsonDocument>(name).DeleteMany(before);
                }
            },
            1);
        proxy.CutDownloadAfter(9_000_000);

        var backup = await BackUpAsync(proxy.Port, BackupConsistency.None, reporter);

        Assert.Equal(1, proxy.Cuts);
        var restore = new RestoreOptions
        {
            WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri, Backup = backup, NoSafetyBackup = true, ToDatabase = "again",
        };
        await _engine.RestoreAsync(restore, new RecordingReporter(), TestContext.Current.CancellationToken);
        foreach (var name in (string[])["ordinary", "clustered"])
        {
            var left = await ReadIdsAsync(database, name);
            var restored = await ReadIdsAsync(fixture.Server.Database("again"), name);
            Assert.Empty(left.Except(restored));
            Assert.Equal(restored.Count, backup.Manifest!.Namespace.Single(item => item.Collection == name).Count);
        }
    }

    [Fact]
    public async Task The_capture_of_the_oplog_goes_on_where_its_connection_was_cut()
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database(Database);
        await ReadingKinds.InsertAsync(database, "ordinary", 0, ReadingKinds.Count);
        await using var proxy = new FaultyProxy(new IPEndPoint(IPAddress.Loopback, fixture.Server.Port));
        var reporter = new RetryReporter(() => proxy.CutDownloadAfter(3_000_000), 4);
        proxy.CutDownloadAfter(5_000_000);

        // The data is read slowly, and the entries of the writer come fast: it is their connection that is cut.
        var backingUp = BackUpAsync(proxy.Port, BackupConsistency.Oplog, reporter, rateLimit: 3_000_000);
        for (var from = ReadingKinds.Count; from < 2 * ReadingKinds.Count && !backingUp.IsCompleted; from += 1000)
        {
            await ReadingKinds.InsertAsync(database, "ordinary", from, 1000);
        }

        var backup = await backingUp;
        Assert.Contains(reporter.Inner.Details, line => line.StartsWith("find on local.oplog.rs failed", StringComparison.Ordinal));
        var restore = new RestoreOptions
        {
            WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri, Backup = backup, NoSafetyBackup = true, ToDatabase = "again",
        };
        await _engine.RestoreAsync(restore, new RecordingReporter(), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 2 * ReadingKinds.Count), (await ReadIdsAsync(fixture.Server.Database("again"), "ordinary")).Order());
    }

    private static async Task<List<int>> ReadIdsAsync(IMongoDatabase database, string name) =>
        (await database.GetCollection<BsonDocument>(name).Find("{}").Project("{_id: 1}").ToListAsync()).ConvertAll(document => document["_id"].AsInt32);

    private static IEnumerable<string> Describe(BackupInfo backup) =>
        backup.Manifest!.Namespace.Select(item => $"{item.Collection} {item.Count} {item.Size} {item.ContentHash}");

    private Task<BackupInfo> BackUpAsync(int port, BackupConsistency consistency, IEngineReporter reporter, long? rateLimit = null)
    {
        var options = new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Uri = $"mongodb://127.0.0.1:{port}/?directConnection=true",
            Database = [Database],
            Consistency = consistency,
            ThrottleLimit = 1,
            RateLimit = rateLimit,
        };
        return _engine.BackupAsync(options, reporter, TestContext.Current.CancellationToken);
    }

    /// <summary>Does something at the first few retries, and counts all.</summary>
    private sealed class RetryReporter(Action onRetry, int times) : IEngineReporter
    {
        private int _retries;

        public RecordingReporter Inner { get; } = new();

        public int Retries => Volatile.Read(ref _retries);

        public void Verbose(string message)
        {
            Inner.Verbose(message);
            if (message.Contains("; attempt ", StringComparison.Ordinal) && Interlocked.Increment(ref _retries) <= times)
            {
                onRetry();
            }
        }

        public void Warning(string message) => Inner.Warning(message);

        public void Progress(ProgressUpdate update) => Inner.Progress(update);
    }
}

/// <summary>Of 6.0.</summary>
public sealed class LostConnectionTo6Tests(ReplicaSet6 fixture) : LostConnectionTests(fixture), IClassFixture<ReplicaSet6>;

/// <summary>Of 7.0.</summary>
public sealed class LostConnectionTo7Tests(ReplicaSet7 fixture) : LostConnectionTests(fixture), IClassFixture<ReplicaSet7>;
