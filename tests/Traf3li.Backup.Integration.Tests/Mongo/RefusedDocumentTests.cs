using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A document that the target refuses is put aside, named and counted, and stops the restore unless that was allowed.</summary>
public sealed class RefusedDocumentTests(ReplicaSet7 fixture) : IClassFixture<ReplicaSet7>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_stops_the_restore_and_lies_beside_it_as_it_was()
    {
        var scenario = await BeginAsync();
        var live = await ServerState.ReadAsync(fixture.Server.Client, "zoo");

        var error = await Assert.ThrowsAsync<DocumentsRefusedException>(() => scenario.RestoreAsync(Archive(), options => options with { NoSafetyBackup = true }));

        Assert.Equal(1, error.Count);
        Assert.Contains("bin-7-8", error.Message, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFiles(error.Path));
        Assert.Equal("bin-7-8", BsonSerializer.Deserialize<RawBsonDocument>(await File.ReadAllBytesAsync(file))["_id"].AsString);
        Scenario.AssertEqual(live, await ServerState.ReadAsync(fixture.Server.Client, "zoo"));
        Directory.Delete(error.Path, recursive: true);
    }

    [Fact]
    public async Task Allowed_it_is_left_out_and_told()
    {
        var scenario = await BeginAsync();

        var result = await scenario.RestoreAsync(Archive(), options => options with { NoSafetyBackup = true, AllowRefused = true });

        Assert.Equal(1, result.RefusedCount);
        Assert.Contains(result.Warning, warning => warning.Contains("bin-7-8", StringComparison.Ordinal));
        Directory.Delete(result.RefusedPath!, recursive: true);
    }

    private static BackupInfo Archive()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        return new BackupInfo { Key = "6.0.5-coll.archive", Path = Corpus.PathOf("stock/6.0.5-coll.archive") };
    }

    private async Task<Scenario> BeginAsync()
    {
        await fixture.ClearAsync();
        await fixture.Server.Database("zoo").GetCollection<BsonDocument>("types").InsertOneAsync(new BsonDocument("_id", "live"));
        return new Scenario(fixture.Server, _folder.Path);
    }
}
