using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A database with one collection of each kind that is scanned in its own way, each of several batches.</summary>
internal static class ReadingKinds
{
    public const int Count = 12_000;

    public static readonly IReadOnlyList<string> Names = ["capped", "clustered", "ordinary", "series"];

    private static readonly string Padding = new('x', 1000);

    public static async Task FillAsync(IMongoDatabase database)
    {
        await database.CreateCollectionAsync("capped", new CreateCollectionOptions { Capped = true, MaxSize = 1L << 30 });
        await database.RunCommandAsync<BsonDocument>("{create: 'clustered', clusteredIndex: {key: {_id: 1}, unique: true}}");
        await database.RunCommandAsync<BsonDocument>("{create: 'series', timeseries: {timeField: 't', metaField: 'm'}}");
        foreach (var name in Names)
        {
            await InsertAsync(database, name, 0, Count);
        }
    }

    public static Task InsertAsync(IMongoDatabase database, string name, int from, int count)
    {
        // Each measurement has a bucket of its own.
        var documents = Enumerable.Range(from, count).Select(number => name == "series"
            ? new BsonDocument { { "t", new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(2 * number) }, { "m", number }, { "x", Padding } }
            : new BsonDocument { { "_id", number }, { "x", Padding } });
        return database.GetCollection<BsonDocument>(name).InsertManyAsync(documents);
    }
}
