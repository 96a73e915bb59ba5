using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Demo;

/// <summary>A small shop as one might have it: 150,000 documents in collections of several kinds, the same ones at every run.</summary>
internal static class SampleShop
{
    private const int Customers = 20_000;
    private const int Products = 2_000;
    private const int Orders = 60_000;
    private const int Reviews = 40_000;
    private const int Visits = 26_000;
    private const int LogEntries = 2_000;
    private const int BatchSize = 5_000;

    private static readonly DateTime Opening = new(2025, 1, 1, 8, 0, 0, DateTimeKind.Utc);
    private static readonly string[] FirstNames = ["Amal", "Basma", "Chloé", "Dana", "Elif", "Faisal", "Greta", "Hamad", "Ines", "Jürgen", "Khalid", "Lina", "Maryam", "Nasser", "Olga", "Pedro"];
    private static readonly string[] LastNames = ["Al-Harbi", "Bauer", "Costa", "Dubois", "El-Amin", "Fischer", "García", "Haddad", "Ivanova", "Jensen", "Khoury", "Lopes", "Mansour", "Novak", "Öztürk", "Petit"];
    private static readonly string[] Cities = ["Riyadh", "Jeddah", "Dammam", "Manama", "Dubai", "Cairo", "Amman", "Berlin", "Lyon", "Porto"];
    private static readonly string[] Goods = ["kettle", "lamp", "rug", "chair", "desk", "mug", "clock", "shelf", "pan", "blanket"];
    private static readonly string[] Kinds = ["oak", "steel", "wool", "blue", "large", "folding", "glass", "quiet"];
    private static readonly string[] Opinions = ["Does what it should.", "Came a day late, but well packed.", "Smaller than I thought.", "My second one. Very good.", "The colour is not as in the picture."];
    private static readonly string[] States = ["paid", "sent", "delivered", "returned"];

    /// <summary>Creates the collections and fills them.</summary>
    public static async Task FillAsync(IMongoDatabase shop)
    {
        var random = new Random(20250101);
        await shop.CreateCollectionAsync("log", new CreateCollectionOptions { Capped = true, MaxSize = 4 << 20 });
        await shop.CreateCollectionAsync("visits", new CreateCollectionOptions { TimeSeriesOptions = new TimeSeriesOptions("at", "page", TimeSeriesGranularity.Minutes) });
        await InsertAsync(shop, "customers", Customers, number => Customer(random, number));
        await InsertAsync(shop, "products", Products, number => Product(random, number));
        await InsertAsync(shop, "orders", Orders, number => Order(random, number));
        await InsertAsync(shop, "reviews", Reviews, number => Review(random, number));
        await InsertAsync(shop, "visits", Visits, number => Visit(random, number));
        await InsertAsync(shop, "log", LogEntries, number => new BsonDocument { { "_id", number }, { "at", Opening.AddMinutes(number) }, { "event", "order received" } });
        await IndexAsync(shop, "customers", new BsonDocument("email", 1), new BsonDocument("unique", true));
        await IndexAsync(shop, "customers", new BsonDocument("address.place", "2dsphere"), []);
        await IndexAsync(shop, "products", new BsonDocument("name", "text"), []);
        await IndexAsync(shop, "orders", new BsonDocument { { "customer", 1 }, { "placed", -1 } }, []);
        await IndexAsync(shop, "orders", new BsonDocument("total", 1), new BsonDocument("partialFilterExpression", new BsonDocument("status", "returned")));
        await IndexAsync(shop, "reviews", new BsonDocument { { "product", 1 }, { "stars", -1 } }, []);
        PipelineDefinition<BsonDocument, BsonDocument> open = new[] { new BsonDocument("$match", new BsonDocument("status", "paid")) };
        await shop.CreateViewAsync("openOrders", "orders", open);
    }

    private static BsonDocument Customer(Random random, int number)
    {
        var first = Pick(random, FirstNames);
        var last = Pick(random, LastNames);
        var place = new BsonDocument { { "type", "Point" }, { "coordinates", new BsonArray { (random.NextDouble() * 40) - 5, (random.NextDouble() * 30) + 20 } } };
        return new BsonDocument
        {
            { "_id", number },
            { "name", $"{first} {last}" },
            { "email", $"customer{number}@example.com" },
            { "address", new BsonDocument { { "street", $"{random.Next(1, 200)} {Pick(random, LastNames)} Street" }, { "city", Pick(random, Cities) }, { "place", place } } },
            { "since", Opening.AddMinutes(-random.Next(2_000_000)) },
            { "newsletter", random.Next(3) == 0 },
        };
    }

    private static BsonDocument Product(Random random, int number) => new()
    {
        { "_id", number },
        { "name", $"{Pick(random, Kinds)} {Pick(random, Goods)}" },
        { "price", Price(random) },
        { "stock", random.Next(500) },
        { "tags", new BsonArray { Pick(random, Kinds), Pick(random, Goods) } },
    };

    private static BsonDocument Order(Random random, int number)
    {
        var items = new BsonArray();
        var total = 0m;
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var price = Price(random);
            var quantity = random.Next(1, 4);
            total += (decimal)price * quantity;
            items.Add(new BsonDocument { { "product", random.Next(Products) }, { "name", $"{Pick(random, Kinds)} {Pick(random, Goods)}" }, { "quantity", quantity }, { "price", price } });
        }

        return new BsonDocument
        {
            { "_id", NewId(random) },
            { "number", 100_000L + number },
            { "customer", random.Next(Customers) },
            { "placed", Opening.AddSeconds(number * 480L) },
            { "status", Pick(random, States) },
            { "items", items },
            { "total", (Decimal128)total },
        };
    }

    private static BsonDocument Review(Random random, int number) => new()
    {
        { "_id", NewId(random) },
        { "product", random.Next(Products) },
        { "customer", random.Next(Customers) },
        { "stars", random.Next(1, 6) },
        { "text", Pick(random, Opinions) },
        { "written", Opening.AddSeconds(number * 700L) },
    };

    private static BsonDocument Visit(Random random, int number) => new()
    {
        { "_id", NewId(random) },
        { "at", Opening.AddSeconds(number * 60L) },
        { "page", $"/products/{random.Next(40)}" },
        { "milliseconds", random.Next(3, 900) },
    };

    private static Decimal128 Price(Random random) => new(random.Next(199, 49_999) / 100m);

    private static string Pick(Random random, string[] words) => words[random.Next(words.Length)];

    private static ObjectId NewId(Random random)
    {
        var bytes = new byte[12];
        random.NextBytes(bytes);
        return new ObjectId(bytes);
    }

    private static async Task InsertAsync(IMongoDatabase shop, string name, int count, Func<int, BsonDocument> create)
    {
        var collection = shop.GetCollection<BsonDocument>(name);
        for (var begin = 0; begin < count; begin += BatchSize)
        {
            var batch = Enumerable.Range(begin, Math.Min(BatchSize, count - begin)).Select(create).ToList();
            await collection.InsertManyAsync(batch, new InsertManyOptions { IsOrdered = name == "log" });
        }
    }

    private static async Task IndexAsync(IMongoDatabase shop, string collection, BsonDocument keys, BsonDocument options)
    {
        var index = new BsonDocument { { "key", keys }, { "name", string.Join('_', keys.Select(key => $"{key.Name}_{key.Value}")) } }.Merge(options);
        await shop.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", collection }, { "indexes", new BsonArray { index } } });
    }
}
