using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class InsertBatchTests
{
    private static readonly byte[] WithoutIdFirst = new BsonDocument { { "a", 1 }, { "_id", 7 } }.ToBson();
    private static readonly byte[] WithEmptyTimestamp = new BsonDocument { { "_id", 8 }, { "t", new BsonTimestamp(0) } }.ToBson();
    private static readonly byte[] Ordinary = new BsonDocument { { "_id", 9 }, { "s", "text" } }.ToBson();

    private readonly BufferPool _pool = new();

    [Fact]
    public void Every_document_goes_into_some_batch_in_order_and_into_both_hashes()
    {
        var random = new Random(5);
        var documents = Enumerable.Range(0, 3_000).Select(index => new BsonDocument { { "_id", index }, { "b", new byte[random.Next(2_000)] } }.ToBson()).ToArray();
        ReadOnlyMemory<byte> left = documents.SelectMany(document => document).ToArray();
        var expected = default(ContentHash);
        expected.AddAll(left.Span);
        var found = new List<BsonValue>();
        var (read, stored) = (default(ContentHash), default(ContentHash));
        while (left.Length > 0)
        {
            using var batch = InsertBatch.Take(left, _pool);
            left = left[batch.Documents.Length..];
            read.Combine(batch.Read);
            stored.Combine(batch.StoredWithout(new Dictionary<int, string>()));
            found.AddRange(Decode(batch.BuildArray()));
        }

        Assert.Equal(documents.Select(document => (BsonValue)BsonSerializer.Deserialize<BsonDocument>(document)), found);
        Assert.Equal(expected, read);
        Assert.Equal(expected, stored);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Every_batch_but_the_last_is_about_a_mebibyte_and_a_larger_document_goes_alone()
    {
        var large = new BsonDocument { { "_id", 1 }, { "b", new byte[16_000_000] } }.ToBson();
        byte[] documents = [.. Ordinary, .. large, .. Ordinary];

        using var first = InsertBatch.Take(documents, _pool);
        using var second = InsertBatch.Take(documents.AsMemory(first.Documents.Length), _pool);
        using var third = InsertBatch.Take(documents.AsMemory(first.Documents.Length + second.Documents.Length), _pool);

        Assert.Equal([Ordinary.Length, large.Length, Ordinary.Length], [first.Documents.Length, second.Documents.Length, third.Documents.Length]);
        var many = Enumerable.Repeat(Ordinary, 50_000).SelectMany(document => document).ToArray();
        using var full = InsertBatch.Take(many, _pool);
        Assert.InRange(full.Documents.Length, 700_000, 1 << 20);
    }

    [Fact]
    public void Refused_documents_are_left_out_of_what_is_stored()
    {
        byte[] documents = [.. Ordinary, .. WithoutIdFirst, .. WithEmptyTimestamp];
        using var batch = InsertBatch.Take(documents, _pool);
        var expected = default(ContentHash);
        expected.Add(Ordinary);
        expected.Add(StoredForm.Of(WithoutIdFirst));

        Assert.Equal(expected, batch.StoredWithout(new Dictionary<int, string> { [2] = "refused" }));
        expected.Add(WithEmptyTimestamp);
        Assert.Equal(expected, batch.StoredWithout(new Dictionary<int, string>()));
        Assert.NotEqual(batch.Read, expected);
        Assert.Equal(WithEmptyTimestamp, Assert.Single(batch.WithEmptyTimestamp).Bytes.ToArray());
        Assert.Equal([0, 1, 2], batch.Walk().Select(document => document.Index));
    }

    [Fact]
    public void As_many_are_taken_as_asked_for()
    {
        byte[] documents = [.. Ordinary, .. Ordinary, .. Ordinary];
        using var batch = InsertBatch.Take(documents, _pool, maxDocuments: 2);
        Assert.Equal(2, batch.Count);
        Assert.Equal(2 * Ordinary.Length, batch.Documents.Length);
    }

    [Fact]
    public void A_length_that_does_not_fit_is_refused_and_gives_its_memory_back()
    {
        byte[] documents = [.. Ordinary, .. Ordinary[..^1]];
        Assert.Throws<InvalidDataException>(() => InsertBatch.Take(documents, _pool));
        Assert.Equal(0, _pool.Rented);
    }

    private static BsonArray Decode(BsonValue array) => BsonSerializer.Deserialize<BsonDocument>(new BsonDocument("a", array).ToBson())["a"].AsBsonArray;
}
