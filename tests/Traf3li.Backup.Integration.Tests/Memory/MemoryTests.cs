using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Memory;

/// <summary>The process that backs up, tests or restores stays below 350 MB of resident memory in all, whatever the database's size.</summary>
public sealed class MemoryTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private const string LargeVariable = "TRAF3LI_TEST_LARGE";
    private const long Limit = 350_000_000;
    private const int DocumentSize = 1_000;
    private const int BatchCount = 10_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_database_of_300_megabytes_needs_less_than_350() => MeasureAsync(300_000_000);

    [Fact]
    public Task A_database_of_2_gigabytes_needs_less_than_350_megabytes()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(LargeVariable) == "1", $"it takes minutes; set {LargeVariable}=1 to run it");
        return MeasureAsync(2_000_000_000);
    }

    private async Task MeasureAsync(long size)
    {
        await FillAsync(size);
        var uri = fixture.Server.Uri;
        var backup = await RunAsync("backup", uri, _folder.Path, nameof(CompressionMethod.Gzip));
        var key = await FindKeyAsync();
        var test = await RunAsync("test", _folder.Path, key);
        var restore = await RunAsync("restore", uri, _folder.Path, key);

        var report = string.Create(CultureInfo.InvariantCulture, $"backup {backup / 1e6:0} MB, test {test / 1e6:0} MB, restore {restore / 1e6:0} MB");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(backup < Limit && test < Limit && restore < Limit, report);
    }

    private static async Task<long> RunAsync(params string[] arguments)
    {
        await using var child = await EngineProcess.StartAsync(new Dictionary<string, string>(), arguments);
        child.Begin();
        return await child.CompleteAsync();
    }

    private async Task<string> FindKeyAsync()
    {
        var query = new BackupQuery { WorkingDirectory = _folder.Path, Destination = _folder.Path };
        await foreach (var backup in new BackupEngine().ListAsync(query, new RecordingReporter(), CancellationToken.None))
        {
            return backup.Key;
        }

        throw new InvalidOperationException("There is no backup.");
    }

    private async Task FillAsync(long size)
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database("large");
        var filler = Enumerable.Range(0, BatchCount).Select(CreateText).ToArray();
        var unordered = new InsertManyOptions { IsOrdered = false };
        for (long written = 0; written < size; written += (long)BatchCount * DocumentSize)
        {
            await database.GetCollection<BsonDocument>("orders").InsertManyAsync(
                filler.Select(text => new BsonDocument { { "_id", ObjectId.GenerateNewId() }, { "text", text }, { "at", DateTime.UnixEpoch } }), unordered);
        }

        for (var number = 0; number < 40; number++)
        {
            await database.GetCollection<BsonDocument>($"small{number}").InsertManyAsync(filler.Take(100).Select(text => new BsonDocument("text", text)));
        }

        await database.GetCollection<BsonDocument>("huge").InsertOneAsync(new BsonDocument { { "_id", 1 }, { "bytes", new byte[(16 << 20) - 100] } });
        await database.GetCollection<BsonDocument>("orders").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{at: 1}"));
    }

    // Half of it compresses well, as real documents do.
    private static string CreateText(int number)
    {
        var bytes = new byte[(DocumentSize - 60) / 4];
        new Random(number).NextBytes(bytes);
        return Convert.ToHexString(bytes) + new string('x', (DocumentSize - 60) / 2);
    }
}
