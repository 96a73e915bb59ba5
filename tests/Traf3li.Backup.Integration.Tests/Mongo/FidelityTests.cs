using System.IO.Compression;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;
using Traf3li.Backup.Testing.Servers;
using ZstdSharp;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A server full of odd things is backed up, emptied, and restored; it then is what it was, to the byte.</summary>
public abstract class FidelityTests(MongoFixture fixture) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected abstract string Archive { get; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.None)]
    public async Task Everything_comes_back_as_it_was(CompressionMethod compression)
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await Scenario.FillFromCorpusAsync(server, Archive);
        var before = await ServerState.ReadAsync(server.Client);
        var scenario = new Scenario(server, _folder.Path);
        var backup = await scenario.BackupAsync(options => options with { Compression = compression });

        await CheckStrictlyAsync(backup, compression);
        await fixture.ClearAsync();
        var result = await scenario.RestoreAsync(backup, options => options with { NoSafetyBackup = true });

        Assert.All(result.Namespace.Where(item => item.Type == "collection"), item => Assert.True(item.Verified || item.Name.EndsWith("capped", StringComparison.Ordinal), item.Name));
        Scenario.AssertEqual(before, await ServerState.ReadAsync(server.Client));
    }

    [Fact]
    public async Task A_restore_over_changed_data_makes_it_equal_and_takes_a_safety_backup()
    {
        var server = fixture.Server;
        await fixture.ClearAsync();
        await Scenario.FillFromCorpusAsync(server, Archive);
        var before = await ServerState.ReadAsync(server.Client);
        var scenario = new Scenario(server, _folder.Path);
        var backup = await scenario.BackupAsync();

        var zoo = server.Database("zoo");
        await zoo.GetCollection<BsonDocument>("tiny").DeleteManyAsync(FilterDefinition<BsonDocument>.Empty);
        await zoo.DropCollectionAsync("indexed");
        await zoo.GetCollection<BsonDocument>("new one").InsertOneAsync(new BsonDocument("x", 1));
        await zoo.DropCollectionAsync("v1");
        await zoo.CreateCollectionAsync("v1");
        var changed = await ServerState.ReadAsync(server.Client);

        var result = await scenario.RestoreAsync(backup);

        Scenario.AssertEqual(before, await ServerState.ReadAsync(server.Client));
        Assert.Equal(["zoo.new one"], result.Dropped);
        var safety = (await scenario.ListAsync()).Single(item => item.Key == result.SafetyBackupKey);
        Assert.Equal(BackupType.Manual, safety.Type);
        Assert.True(safety.Tag.ContainsKey("safety"));

        await scenario.RestoreAsync(safety, options => options with { NoSafetyBackup = true });
        Scenario.AssertEqual(changed, await ServerState.ReadAsync(server.Client));
    }

    private static async Task CheckStrictlyAsync(BackupInfo backup, CompressionMethod compression)
    {
        await using var file = File.OpenRead(Path.Combine(backup.Destination!, backup.Key));
        await using Stream plain = compression switch
        {
            CompressionMethod.Gzip => new GZipStream(file, CompressionMode.Decompress),
            CompressionMethod.Zstd => new DecompressionStream(file),
            _ => file,
        };
        var bytes = new MemoryStream();
        await plain.CopyToAsync(bytes);
        var archive = StrictArchiveChecker.Check(bytes.ToArray());
        Assert.Equal(backup.Manifest!.Namespace.Sum(item => item.Count) + (backup.Manifest.Oplog?.Count ?? 0), archive.Namespaces.Sum(item => (long)item.Count));
    }
}

/// <summary>Replica set, 6.0.</summary>
public sealed class FidelityReplicaSet6Tests(ReplicaSet6 fixture) : FidelityTests(fixture), IClassFixture<ReplicaSet6>
{
    protected override string Archive => "6.0.5-full.archive";
}

/// <summary>Replica set, 7.0.</summary>
public sealed class FidelityReplicaSet7Tests(ReplicaSet7 fixture) : FidelityTests(fixture), IClassFixture<ReplicaSet7>
{
    protected override string Archive => "7.0.28-full.archive";
}

/// <summary>Standalone, 6.0.</summary>
public sealed class FidelityStandalone6Tests(Standalone6 fixture) : FidelityTests(fixture), IClassFixture<Standalone6>
{
    protected override string Archive => "6.0.5-full.archive";
}

/// <summary>Standalone, 7.0.</summary>
public sealed class FidelityStandalone7Tests(Standalone7 fixture) : FidelityTests(fixture), IClassFixture<Standalone7>
{
    protected override string Archive => "7.0.28-full.archive";
}
