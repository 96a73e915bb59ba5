using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Verification;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Verification;

/// <summary>A backup restored into a scratch database, which is then changed by hand: the comparison of depth Restore has to name each difference.</summary>
public sealed class ScratchComparisonTests(Standalone6 fixture) : IClassFixture<Standalone6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();

    /// <summary>Commands on the scratch database, and the sentence that each has to bring.</summary>
    public static TheoryData<string, string> Differences { get; } = new()
    {
        { "[{update: 'orders', updates: [{q: {_id: 7}, u: {$set: {total: 1000}}}]}]", "shop.orders: the documents have the content hash" },
        { "[{delete: 'orders', deletes: [{q: {_id: 7}, limit: 1}]}]", "shop.orders: 99 documents are there after the restore, and the backup holds 100." },
        { "[{insert: 'orders', documents: [{_id: 100, total: 1}]}]", "shop.orders: 101 documents are there after the restore, and the backup holds 100." },
        { "[{delete: 'weather', deletes: [{q: {sensor: 1}, limit: 0}]}]", "shop.weather: 2 documents are there after the restore, and the backup holds 3." },
        { "[{dropIndexes: 'orders', index: 'by total'}]", "shop.orders: the index by total is missing after the restore." },
        { "[{dropIndexes: 'orders', index: 'by total'}, {createIndexes: 'orders', indexes: [{name: 'by total', key: {total: -1, _id: 1}, unique: true}]}]", "shop.orders: the index by total is not the same after the restore." },
        { "[{dropIndexes: 'orders', index: 'by total'}, {createIndexes: 'orders', indexes: [{name: 'by total', key: {_id: 1, total: -1}}]}]", "shop.orders: the index by total is not the same after the restore." },
        { "[{collMod: 'orders', validator: {total: {$gte: -5}}}]", "shop.orders: its option validator is not the same after the restore." },
        { "[{collMod: 'log', cappedSize: 8192}]", "shop.log: its option size is not the same after the restore." },
        { "[{collMod: 'cheap', viewOn: 'orders', pipeline: []}]", "shop.cheap: its option pipeline is not the same after the restore." },
        { "[{drop: 'cheap'}]", "shop.cheap: it is missing after the restore." },
        { "[{drop: 'nothing'}]", "shop.nothing: it is missing after the restore." },
        { "[{drop: 'weather'}]", "shop.weather: it is missing after the restore." },
        { "[{drop: 'cheap'}, {create: 'cheap'}]", "shop.cheap: it is a collection after the restore, and a view in the backup." },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_restored_and_left_alone_is_the_same() => Assert.Empty(await CompareAfterAsync("[]"));

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task A_difference_is_named(string changes, string problem) =>
        Assert.StartsWith(problem, Assert.Single(await CompareAfterAsync(changes)), StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> CompareAfterAsync(string changes)
    {
        var backup = await BackUpAsync();
        var problems = new ProblemList();
        var contents = await ReadAsync(backup, problems);
        var names = new ScratchNames(["shop"]);
        var restored = await _engine.RestoreAsync(
            new RestoreOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri, Backup = backup, NamespaceMap = names.Map, NoSafetyBackup = true },
            new RecordingReporter(),
            Token);

        var scratch = fixture.Server.Database(names.Databases["shop"]);
        foreach (var change in BsonSerializer.Deserialize<BsonArray>(changes))
        {
            var reply = await scratch.RunCommandAsync<BsonDocument>(change.AsBsonDocument, cancellationToken: Token);
            Assert.False(reply.Contains("writeErrors"), reply.ToString());
        }

        using var connection = await MongoConnection.OpenAsync(fixture.Server.Uri, credential: null, forWriting: true, new RecordingReporter(), TimeProvider.System, Token);
        var namespaces = RestoreNamespace.ReadAll(contents.Prelude!, backup.Manifest, backup.Key);
        await new ScratchComparison(connection, names, contents, problems).CompareAsync(namespaces, restored, Token);
        return problems.ToArray();
    }

    private async Task<BackupInfo> BackUpAsync()
    {
        await fixture.ClearAsync();
        var shop = fixture.Server.Database("shop");
        await shop.RunCommandAsync<BsonDocument>("{create: 'orders', validator: {total: {$gte: 0}}}", cancellationToken: Token);
        await shop.GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 100).Select(id => new BsonDocument { { "_id", id }, { "total", id } }), cancellationToken: Token);
        await shop.RunCommandAsync<BsonDocument>("{createIndexes: 'orders', indexes: [{name: 'by total', key: {total: -1, _id: 1}}]}", cancellationToken: Token);
        await shop.CreateCollectionAsync("nothing", cancellationToken: Token);
        await shop.RunCommandAsync<BsonDocument>("{create: 'log', capped: true, size: 4096}", cancellationToken: Token);
        await shop.RunCommandAsync<BsonDocument>("{create: 'cheap', viewOn: 'orders', pipeline: [{$match: {total: {$lt: 10}}}]}", cancellationToken: Token);
        await shop.RunCommandAsync<BsonDocument>("{create: 'weather', timeseries: {timeField: 'at', metaField: 'sensor'}}", cancellationToken: Token);
        await shop.GetCollection<BsonDocument>("weather").InsertManyAsync(
            Enumerable.Range(0, 30).Select(number => new BsonDocument { { "at", DateTime.UnixEpoch.AddSeconds(number) }, { "sensor", number % 3 } }), cancellationToken: Token);
        return await _engine.BackupAsync(
            new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri, Database = ["shop"] }, new RecordingReporter(), Token);
    }

    private async Task<BackupContents> ReadAsync(BackupInfo backup, ProblemList problems)
    {
        using var progress = new OperationProgress(new RecordingReporter(), TimeProvider.System, "Testing", totalBytes: null);
        using var part = progress.Begin("shop", totalBytes: null);
        await using var stored = File.OpenRead(Path.Combine(_folder.Path, backup.Key));
        return await new StoredBackupVerifier(backup.Manifest!, new BufferPool(), problems).VerifyAsync(stored, part, Token);
    }
}
