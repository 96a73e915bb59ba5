using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Integration.Tests.Verification;

/// <summary>Backups of a real server tested at every depth; the scratch server is the same one.</summary>
public sealed class RestoreDrillTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();

    public async ValueTask InitializeAsync()
    {
        await fixture.ClearAsync();
        var shop = fixture.Server.Database("shop");
        await shop.GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 5000).Select(number => new BsonDocument { { "_id", number }, { "total", number * 1.5 } }));
        await shop.GetCollection<BsonDocument>("orders").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("total", 1)));
        await shop.GetCollection<BsonDocument>("we?ird*`name").InsertOneAsync(new BsonDocument("_id", 1));
        await shop.CreateCollectionAsync("nothing");
        await shop.CreateCollectionAsync("log", new CreateCollectionOptions { Capped = true, MaxSize = 1 << 20 });
        await shop.GetCollection<BsonDocument>("log").InsertManyAsync(Enumerable.Range(0, 100).Select(number => new BsonDocument("_id", number)));
        await shop.CreateViewAsync<BsonDocument, BsonDocument>("cheap", "orders", new EmptyPipelineDefinition<BsonDocument>().Match(new BsonDocument("total", new BsonDocument("$lt", 10))));
        await shop.CreateCollectionAsync("weather", new CreateCollectionOptions { TimeSeriesOptions = new TimeSeriesOptions("at", "sensor") });
        await shop.GetCollection<BsonDocument>("weather").InsertManyAsync(
            Enumerable.Range(0, 300).Select(number => new BsonDocument { { "at", DateTime.UnixEpoch.AddMinutes(number) }, { "sensor", number % 3 }, { "value", number } }));
        await fixture.Server.Database("Other").GetCollection<BsonDocument>("things").InsertOneAsync(new BsonDocument { { "a", 1 }, { "_id", 1 } });
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(VerificationDepth.Quick)]
    [InlineData(VerificationDepth.Full)]
    [InlineData(VerificationDepth.Restore)]
    public async Task A_backup_of_a_server_is_valid(VerificationDepth depth)
    {
        var backup = await BackupAsync();
        var result = await TestAsync(backup, depth, "orders", "shop.weather");
        Assert.Empty(result.Problem);
        Assert.Equal(depth == VerificationDepth.Quick ? null : backup.DocumentCount, result.DocumentCount);
        await RequireNoScratchAsync();
    }

    [Theory]
    [InlineData("shop.nothing", "is empty")]
    [InlineData("shop.gone", "is not in the backup")]
    public async Task A_critical_collection_that_is_missing_or_empty_is_a_problem(string name, string problem)
    {
        var backup = await BackupAsync();
        var result = await TestAsync(backup, VerificationDepth.Restore, name, "shop.cheap");
        Assert.Contains(problem, Assert.Single(result.Problem), StringComparison.Ordinal);
        await RequireNoScratchAsync();
    }

    [Fact]
    public async Task A_damaged_backup_is_not_restored()
    {
        var backup = await BackupAsync();
        var path = Path.Combine(_folder.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var result = await TestAsync(backup, VerificationDepth.Restore);
        Assert.False(result.IsValid);
        Assert.Contains(result.Warning, warning => warning.StartsWith("Nothing was restored", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("indexBson", "{v: 2, key: {_id: 1}, name: 'unheard of'}", "the index unheard of is missing")]
    [InlineData("optionsBson", "{collation: {locale: 'simple'}}", "its option collation is not the same")]
    public async Task A_backup_that_restores_to_something_else_than_it_records_is_not_valid(string field, string recorded, string problem)
    {
        var backup = await BackupAsync();
        var path = Path.Combine(_folder.Path, backup.Key + ".manifest.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        var orders = manifest["namespace"]!.AsArray().Single(item => (string?)item!["collection"] == "orders")!;
        var bson = Convert.ToBase64String(BsonDocument.Parse(recorded).ToBson());
        if (orders[field] is JsonArray list)
        {
            list.Add(bson);
        }
        else
        {
            orders[field] = bson;
        }

        await File.WriteAllTextAsync(path, manifest.ToJsonString());
        Assert.Empty((await TestAsync(backup, VerificationDepth.Full)).Problem);

        var result = await TestAsync(backup, VerificationDepth.Restore);

        Assert.False(result.IsValid);
        Assert.StartsWith("shop.orders: " + problem, Assert.Single(result.Problem), StringComparison.Ordinal);
        await RequireNoScratchAsync();
    }

    [Fact]
    public async Task A_cancelled_test_leaves_no_scratch_database()
    {
        var backup = await BackupAsync();
        using var stop = new CancellationTokenSource();
        var reporter = new CancelAt("Restoring", stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.TestAsync(Options(backup, VerificationDepth.Restore), reporter, stop.Token));
        await RequireNoScratchAsync();
    }

    [Fact]
    public async Task Without_a_scratch_server_depth_Restore_is_a_wrong_configuration()
    {
        var backup = await BackupAsync();
        var options = new VerificationOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = VerificationDepth.Restore };
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => _engine.TestAsync(options, new RecordingReporter(), CancellationToken.None));
    }

    [Fact]
    public async Task A_scratch_server_that_does_not_answer_is_an_error()
    {
        var backup = await BackupAsync();
        var options = new VerificationOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Backup = backup,
            Depth = VerificationDepth.Restore,
            ScratchUri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=500",
        };
        await Assert.ThrowsAsync<ServerUnreachableException>(() => _engine.TestAsync(options, new RecordingReporter(), CancellationToken.None));
    }

    [Theory]
    [InlineData("6.0.5-full.archive.gz")]
    [InlineData("6.0.5-oplog.archive.gz")]
    public async Task A_stock_archive_passes_the_drill(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var backup = await _engine.OpenPathAsync(
            new PathQuery { WorkingDirectory = _folder.Path, Path = Corpus.PathOf("stock/" + file) }, new RecordingReporter(), TestContext.Current.CancellationToken);
        var result = await TestAsync(backup, VerificationDepth.Restore);
        Assert.Empty(result.Problem);
        await RequireNoScratchAsync();
    }

    private async Task RequireNoScratchAsync()
    {
        var names = await (await fixture.Server.Client.ListDatabaseNamesAsync()).ToListAsync();
        Assert.DoesNotContain(names, name => name.StartsWith("traf3li_drill", StringComparison.Ordinal));
    }

    private Task<BackupInfo> BackupAsync() => _engine.BackupAsync(
        new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri }, new RecordingReporter(), TestContext.Current.CancellationToken);

    private Task<VerificationResult> TestAsync(BackupInfo backup, VerificationDepth depth, params string[] critical) =>
        _engine.TestAsync(Options(backup, depth, critical), new RecordingReporter(), TestContext.Current.CancellationToken);

    private VerificationOptions Options(BackupInfo backup, VerificationDepth depth, params string[] critical) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Backup = backup,
        Depth = depth,
        ScratchUri = fixture.Server.Uri,
        CriticalCollection = critical,
    };

    /// <summary>Signals when an activity is reported that begins so.</summary>
    private sealed class CancelAt(string activity, CancellationTokenSource stop) : IEngineReporter
    {
        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Progress(ProgressUpdate update)
        {
            if (update.Activity.StartsWith(activity, StringComparison.Ordinal) || update.Activity == "Inserting")
            {
                stop.Cancel();
            }
        }
    }
}
