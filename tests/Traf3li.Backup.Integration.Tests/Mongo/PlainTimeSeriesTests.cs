using System.Buffers;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>
/// Archives of servers from 8.3, which keep the buckets of a time series under its own name: they restore into servers that keep them under
/// <c>system.buckets.NAME</c>. The archive is laid out here as mongodump does there (mongo-tools, common/archive/prelude.go).
/// </summary>
public abstract class PlainTimeSeriesTests(MongoFixture fixture) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Buckets_under_the_series_own_name_are_restored_as_a_time_series()
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database("metrics");
        await database.RunCommandAsync<BsonDocument>("{create: 'series', timeseries: {timeField: 't', metaField: 'm', granularity: 'minutes'}, expireAfterSeconds: NumberLong(1000000000)}");
        var series = database.GetCollection<BsonDocument>("series");
        await series.InsertManyAsync(Enumerable.Range(0, 500).Select(number => new BsonDocument
        {
            { "t", new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(number) }, { "m", number % 7 }, { "x", number },
        }));
        await database.RunCommandAsync<BsonDocument>("{createIndexes: 'series', indexes: [{v: 2, key: {m: 1, x: 1}, name: 'm_1_x_1'}]}");
        var before = await ServerState.ReadAsync(fixture.Server.Client, "metrics");
        var path = Path.Combine(_folder.Path, "from-8.3.archive");
        await File.WriteAllBytesAsync(path, await EncodeAsync(database, "series"), TestContext.Current.CancellationToken);
        await fixture.ClearAsync();

        var result = await new Scenario(fixture.Server, _folder.Path).RestoreAsync(
            new BackupInfo { Key = "from-8.3.archive", Path = path }, options => options with { NoSafetyBackup = true });

        Assert.Equal("timeseries", Assert.Single(result.Namespace).Type);
        Scenario.AssertEqual(before, await ServerState.ReadAsync(fixture.Server.Client, "metrics"));
        Assert.Equal(500, await series.CountDocumentsAsync("{}"));
    }

    private static async Task<byte[]> EncodeAsync(IMongoDatabase database, string name)
    {
        var listed = (await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "listCollections", 1 }, { "filter", new BsonDocument("name", name) } }))["cursor"]["firstBatch"][0];
        var indexes = (await database.RunCommandAsync<BsonDocument>(new BsonDocument("listIndexes", name)))["cursor"]["firstBatch"].AsBsonArray;
        var metadata = ArchiveMetadata.Write(
            listed["options"].ToBson(), [.. indexes.Select(index => new ReadOnlyMemory<byte>(index.ToBson()))], uuid: null, name, "timeseries");
        var output = new ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(output, new ArchiveHeader(1, "8.3.0", "100.18.0"), [new ArchiveNamespace("metrics", name, metadata, "timeseries", 0)]);
        ulong crc = 0;
        ArchiveEncoder.WriteSegmentHeader(output, "metrics", name);
        foreach (var bucket in await database.GetCollection<RawBsonDocument>("system.buckets." + name).Find("{}").ToListAsync())
        {
            var bytes = bucket.ToBson();
            crc = Crc64Xz.Append(crc, bytes);
            output.Write(bytes);
        }

        ArchiveEncoder.WriteTerminator(output);
        ArchiveEncoder.WriteEof(output, "metrics", name, crc);
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>Into 6.0.</summary>
public sealed class PlainTimeSeriesInto6Tests(ReplicaSet6 fixture) : PlainTimeSeriesTests(fixture), IClassFixture<ReplicaSet6>;

/// <summary>Into 7.0.</summary>
public sealed class PlainTimeSeriesInto7Tests(ReplicaSet7 fixture) : PlainTimeSeriesTests(fixture), IClassFixture<ReplicaSet7>;
