using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>
/// A database in which several writers are at work. Transactions keep these true at every moment: the sum of all amounts, the number of
/// transfers (twice as many moves), and one generation of blobs, of which each is written by a transaction of more than 16 MB.
/// </summary>
internal sealed class BusyBank(IMongoClient client, string name)
{
    private const int Branches = 4;
    private const int Accounts = 40;
    private const int Amount = 1_000;
    private const int Blobs = 18;
    private static readonly TimeSpan BlobPause = TimeSpan.FromSeconds(1.5);

    private readonly IMongoDatabase _database = client.GetDatabase(name);

    private volatile bool _isStopped;

    private static UpdateOptions Upsert { get; } = new() { IsUpsert = true };

    /// <summary>The collections that are there from the beginning to the end.</summary>
    public static IReadOnlyList<string> Lasting { get; } = [.. Enumerable.Range(0, Branches).Select(Branch), "totals", "blobs", "items", "bulk"];

    private IMongoCollection<BsonDocument> Totals => Collection("totals");

    /// <summary>What is wrong in a database that should be such a bank at one moment.</summary>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(IMongoDatabase database)
    {
        var accounts = new List<BsonDocument>();
        for (var branch = 0; branch < Branches; branch++)
        {
            accounts.AddRange(await database.GetCollection<BsonDocument>(Branch(branch)).Find(FilterDefinition<BsonDocument>.Empty).ToListAsync());
        }

        var totals = (await database.GetCollection<BsonDocument>("totals").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync()).ToDictionary(item => item["_id"].AsString, item => item["n"].ToInt64());
        var blobs = await database.GetCollection<BsonDocument>("blobs").Find(FilterDefinition<BsonDocument>.Empty).Project("{generation: 1}").ToListAsync();
        var faults = new List<string>();
        void Require(string what, long expected, long actual)
        {
            if (expected != actual)
            {
                faults.Add($"{what}: {actual}, not {expected}");
            }
        }

        Require("accounts", Branches * Accounts, accounts.Count);
        Require("sum of amounts", (long)Branches * Accounts * Amount, accounts.Sum(item => item["amount"].ToInt64()));
        Require("moves", 2 * totals["transfers"], accounts.Sum(item => item["moves"].ToInt64()));
        Require("blobs", Blobs, blobs.Count);
        Require("blobs of the last generation", Blobs, blobs.Count(item => item["generation"].ToInt64() == totals["generation"]));
        return faults;
    }

    /// <summary>Creates and fills it.</summary>
    public async Task FillAsync()
    {
        for (var branch = 0; branch < Branches; branch++)
        {
            await Collection(Branch(branch)).InsertManyAsync(Enumerable.Range(0, Accounts).Select(id => new BsonDocument { { "_id", id }, { "amount", Amount }, { "moves", 0 } }));
        }

        await Totals.InsertManyAsync([new BsonDocument { { "_id", "transfers" }, { "n", 0 } }, new BsonDocument { { "_id", "generation" }, { "n", 0 } }]);
        await Collection("blobs").InsertManyAsync(CreateBlobs(0));
        await Collection("items").InsertManyAsync(Enumerable.Range(0, 300).Select(CreateItem));
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        await Collection("bulk").InsertManyAsync(Enumerable.Range(0, 1_000).Select(id => new BsonDocument { { "_id", id }, { "bytes", bytes } }));
    }

    /// <summary>Writes documents until stopped: single writes of every kind, and transactions.</summary>
    public Task ChangeDocumentsAsync(int seed) =>
        Task.WhenAll(RepeatAsync(new Random(seed), TransferAsync), RepeatAsync(new Random(seed + 1), TransferAsync), RepeatAsync(new Random(seed + 2), ChangeItemAsync), RewriteBlobsAsync());

    /// <summary>Creates and drops collections and indexes, and replaces collections by aggregations, until stopped.</summary>
    public Task ChangeCatalogAsync() => Task.WhenAll(CreateAndDropAsync(), AggregateAsync());

    /// <summary>Lets each writer end what it is doing, and begin nothing more.</summary>
    public void Stop() => _isStopped = true;

    private static string Branch(int number) => $"branch{number}";

    private static BsonDocument CreateItem(int id) => new() { { "_id", id }, { "n", 0 }, { "tags", new BsonArray { "a", "b", "c" } }, { "sub", new BsonDocument { { "x", 1 }, { "y", "two" } } } };

    private static IEnumerable<BsonDocument> CreateBlobs(long generation) =>
        Enumerable.Range(0, Blobs).Select(id => new BsonDocument { { "_id", $"{generation}-{id}" }, { "generation", generation }, { "bytes", new byte[1_000_000] } });

    private async Task RepeatAsync(Random random, Func<Random, Task> change)
    {
        while (!_isStopped)
        {
            await change(random);
        }
    }

    private IMongoCollection<BsonDocument> Collection(string collection) => _database.GetCollection<BsonDocument>(collection);

    private async Task TransferAsync(Random random)
    {
        var from = random.Next(Branches);
        var to = (from + 1 + random.Next(Branches - 1)) % Branches;
        var (giver, taker, amount) = (random.Next(Accounts), random.Next(Accounts), random.Next(1, 100));
        using var session = await client.StartSessionAsync();
        await session.WithTransactionAsync(async (transaction, token) =>
        {
            await Collection(Branch(from)).UpdateOneAsync(transaction, new BsonDocument("_id", giver), new BsonDocument("$inc", new BsonDocument { { "amount", -amount }, { "moves", 1 } }), cancellationToken: token);
            await Collection(Branch(to)).UpdateOneAsync(transaction, new BsonDocument("_id", taker), new BsonDocument("$inc", new BsonDocument { { "amount", amount }, { "moves", 1 } }), cancellationToken: token);
            await Totals.UpdateOneAsync(transaction, new BsonDocument("_id", "transfers"), new BsonDocument("$inc", new BsonDocument("n", 1)), cancellationToken: token);
            return 0;
        });
    }

    private async Task RewriteBlobsAsync()
    {
        for (long generation = 1; !_isStopped; generation++)
        {
            using var session = await client.StartSessionAsync();
            var written = generation;
            await session.WithTransactionAsync(async (transaction, token) =>
            {
                await Collection("blobs").DeleteManyAsync(transaction, FilterDefinition<BsonDocument>.Empty, cancellationToken: token);
                await Collection("blobs").InsertManyAsync(transaction, CreateBlobs(written), cancellationToken: token);
                await Totals.UpdateOneAsync(transaction, new BsonDocument("_id", "generation"), new BsonDocument("$set", new BsonDocument("n", written)), cancellationToken: token);
                return 0;
            });

            // A collection that grows at its end faster than it is read would never be read to its end.
            await Task.Delay(BlobPause);
        }
    }

    private Task ChangeItemAsync(Random random)
    {
        var items = Collection("items");
        var id = new BsonDocument("_id", random.Next(400));
        return random.Next(10) switch
        {
            0 => items.DeleteOneAsync(id),
            1 => items.ReplaceOneAsync(id, CreateItem(id["_id"].AsInt32), new ReplaceOptions { IsUpsert = true }),
            2 => items.UpdateOneAsync(id, BsonDocument.Parse($"{{$inc: {{n: 1}}, $set: {{'sub.x': {random.Next()}}}}}"), Upsert),
            3 => items.UpdateOneAsync(id, BsonDocument.Parse($"{{$push: {{tags: {{$each: ['t{random.Next(100)}'], $slice: -20}}}}}}")),
            4 => items.UpdateOneAsync(id, BsonDocument.Parse("{$pull: {tags: 'b'}, $unset: {'sub.y': 1}}")),
            5 => items.UpdateOneAsync(id, new BsonDocument("$set", new BsonDocument("tags.0", random.Next()))),
            6 => items.UpdateManyAsync(new BsonDocument("_id", new BsonDocument("$gte", 390)), BsonDocument.Parse("{$inc: {n: 1}}")),
            7 => items.UpdateOneAsync(id, new BsonDocumentStagePipelineDefinition<BsonDocument, BsonDocument>([BsonDocument.Parse("{$set: {n: {$add: [{$ifNull: ['$n', 0]}, 1]}, 'sub.z': '$n'}}")])),
            8 => items.UpdateOneAsync(id, BsonDocument.Parse("{$rename: {'sub.x': 'sub.w'}, $set: {a: {b: {c: [1, 2, 3]}}}}")),
            _ => items.InsertManyAsync(Enumerable.Range(0, 5).Select(_ => new BsonDocument { { "_id", ObjectId.GenerateNewId() }, { "text", new string('t', random.Next(2_000)) } })),
        };
    }

    private async Task CreateAndDropAsync()
    {
        for (var number = 0; !_isStopped; number++)
        {
            // Names come back, with other options.
            var collection = $"short{number % 7}";
            await _database.DropCollectionAsync(collection);
            await _database.CreateCollectionAsync(collection, new CreateCollectionOptions { Collation = number % 2 == 0 ? new Collation("de") : null });
            await Collection(collection).InsertManyAsync(Enumerable.Range(0, 20).Select(id => new BsonDocument { { "_id", id }, { "number", number } }));
            await Collection(collection).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{number: 1}"));
            await Collection(collection).UpdateOneAsync(new BsonDocument("_id", 3), new BsonDocument("$set", new BsonDocument("more", number)));
            if (number % 3 == 0)
            {
                await Collection(collection).Indexes.DropOneAsync("number_1");
            }
        }
    }

    private async Task AggregateAsync()
    {
        while (!_isStopped)
        {
            await Collection("items").AggregateToCollectionAsync<BsonDocument>(new[] { BsonDocument.Parse("{$match: {n: {$exists: true}}}"), BsonDocument.Parse("{$out: 'out'}") });
            await Collection("items").AggregateToCollectionAsync<BsonDocument>(new[] { BsonDocument.Parse("{$match: {_id: {$lt: 100}}}"), BsonDocument.Parse("{$merge: 'merged'}") });
        }
    }
}
