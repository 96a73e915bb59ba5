using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Benchmarks.Mongo;

/// <summary>
/// The documents that everything is measured with: one collection of 60 % of the bytes and forty of 1 % each, orders of about 700 bytes: an
/// id as drivers make it, one of 50,000 customers with name and address, some of 5,000 products, numbers, dates and a note in words of uneven frequency. The
/// same seed gives the same bytes.
/// </summary>
internal sealed class OrderData
{
    public const string Database = "bench";
    public const string Large = "orders";

    private const int Seed = 20261123;
    private const int ChunkSize = 4 << 20;
    private const int SmallCollections = 40;

    private const int Customers = 50_000;
    private const int Products = 5_000;

    private static readonly string[] Cities = ["Riyadh", "Jeddah", "Dammam", "Berlin", "Lyon", "Osaka", "Quito", "Accra", "Leeds", "Porto"];

    private static readonly string[] States = ["new", "paid", "packed", "shipped", "delivered", "returned"];

    private readonly Words _words;
    private readonly (string Name, string Email, string Street, string City, double Latitude, double Longitude)[] _customers;
    private readonly (string Sku, string Title, double Price)[] _products;

    /// <summary>Generates about so many bytes.</summary>
    public OrderData(long size)
    {
        var random = new Random(Seed);
        _words = new Words(random);
        _customers =
        [
            .. Enumerable.Range(0, Customers).Select(number => (
                $"{_words.Next(random)} {_words.Next(random)}",
                $"{_words.Next(random)}.{_words.Next(random)}{number}@example.org",
                $"{random.Next(200)} {_words.Next(random)} street",
                Cities[random.Next(Cities.Length)],
                Math.Round((random.NextDouble() * 180) - 90, 6),
                Math.Round((random.NextDouble() * 360) - 180, 6))),
        ];
        _products = [.. Enumerable.Range(0, Products).Select(number => ($"{_words.Next(random)}-{number:d5}", $"{_words.Next(random)} {_words.Next(random)} {_words.Next(random)}", random.Next(100, 100_000) / 100.0))];
        var names = Enumerable.Range(1, SmallCollections).Select(number => $"small{number:d2}").ToArray();
        var collections = new Dictionary<string, List<DocumentChunk>>(StringComparer.Ordinal) { [Large] = Generate(0, size * 6 / 10) };
        for (var index = 0; index < names.Length; index++)
        {
            collections[names[index]] = Generate(index + 1, size / 100);
        }

        Collections = collections;
    }

    /// <summary>The documents of each collection, some megabytes in a piece.</summary>
    public IReadOnlyDictionary<string, List<DocumentChunk>> Collections { get; }

    public long Bytes => Collections.Values.Sum(chunks => chunks.Sum(chunk => (long)chunk.Bytes.Length));

    public long Count => Collections.Values.Sum(chunks => chunks.Sum(chunk => (long)chunk.Lengths.Count));

    /// <summary>The indexes of a collection beside that of _id.</summary>
    public static BsonArray Indexes(string collection) => collection == Large
        ? [Index("customer"), Index("placed"), Index("state")]
        : [Index("customer")];

    private static BsonDocument Index(string field) => new() { { "key", new BsonDocument(field, 1) }, { "name", field + "_1" } };

    /// <summary>The insert commands of a collection, made before the clock starts.</summary>
    public static IEnumerable<BsonDocument> InsertCommands(string collection, IEnumerable<DocumentChunk> chunks, BufferPool pool)
    {
        foreach (var chunk in chunks)
        {
            var array = new BsonArrayBuilder(pool.Rent(BsonArrayBuilder.Measure(chunk.Lengths.Count, chunk.Bytes.Length)));
            array.Clear();
            var offset = 0;
            foreach (var length in chunk.Lengths)
            {
                array.Append(chunk.Bytes.AsSpan(offset, length));
                offset += length;
            }

            yield return new BsonDocument { { "insert", collection }, { "ordered", false }, { "documents", array.Build() } };
        }
    }

    private List<DocumentChunk> Generate(int number, long size)
    {
        var random = new Random(Seed + number);
        var process = random.NextInt64(1L << 40);
        var counter = random.Next(1 << 23);
        var time = 1_700_000_000_000L;
        var chunks = new List<DocumentChunk>();
        for (var left = size; left > 0;)
        {
            var target = (int)Math.Min(left, ChunkSize - 2048);
            using var stream = new MemoryStream(target + 2048);
            var lengths = new List<int>();
            while (stream.Length < target)
            {
                var start = stream.Length;
                using (var writer = new BsonBinaryWriter(stream))
                {
                    // As drivers make them: seconds, five bytes of the process, a counter.
                    time += random.Next(2_000);
                    WriteOrder(writer, random, NewId(time, process, ++counter), time);
                }

                lengths.Add((int)(stream.Length - start));
            }

            chunks.Add(new DocumentChunk(stream.ToArray(), lengths));
            left -= stream.Length;
        }

        return chunks;
    }

    private static ObjectId NewId(long time, long process, int counter)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), process);
        BinaryPrimitives.WriteInt32BigEndian(bytes, (int)(time / 1000));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), (int)(process << 24) | counter);
        return new ObjectId(bytes);
    }

    private void WriteOrder(BsonBinaryWriter writer, Random random, ObjectId id, long time)
    {
        writer.WriteStartDocument();
        writer.WriteObjectId("_id", id);
        var customer = random.Next(Customers);
        var (name, email, street, city, latitude, longitude) = _customers[customer];
        writer.WriteInt64("customer", customer);
        writer.WriteString("name", name);
        writer.WriteString("email", email);
        writer.WriteDateTime("placed", time + random.Next(500));
        writer.WriteString("state", States[random.Next(States.Length)]);
        writer.WriteBoolean("gift", random.Next(10) == 0);
        writer.WriteName("address");
        writer.WriteStartDocument();
        writer.WriteString("street", street);
        writer.WriteString("city", city);
        writer.WriteDouble("latitude", latitude);
        writer.WriteDouble("longitude", longitude);
        writer.WriteEndDocument();
        writer.WriteName("items");
        writer.WriteStartArray();
        for (var item = random.Next(2, 6); item > 0; item--)
        {
            writer.WriteStartDocument();
            var (sku, title, price) = _products[random.Next(Products)];
            writer.WriteString("sku", sku);
            writer.WriteString("title", title);
            writer.WriteInt32("quantity", random.Next(1, 9));
            writer.WriteDouble("price", price);
            writer.WriteEndDocument();
        }

        writer.WriteEndArray();
        writer.WriteString("note", string.Join(' ', Enumerable.Range(0, random.Next(5, 40)).Select(_ => _words.Next(random))));
        writer.WriteEndDocument();
    }
}
