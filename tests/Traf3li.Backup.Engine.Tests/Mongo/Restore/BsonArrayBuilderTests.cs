using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class BsonArrayBuilderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(1234)]
    public void Builds_the_array_that_the_driver_would(int count)
    {
        var documents = Enumerable.Range(0, count).Select(number => new BsonDocument { { "_id", number }, { "text", new string('x', number % 17) } }).ToArray();
        using var buffer = new BufferPool().Rent(BsonArrayBuilder.Measure(count, documents.Sum(document => document.ToBson().Length)));
        var builder = new BsonArrayBuilder(buffer);
        builder.Clear();
        foreach (var document in documents)
        {
            builder.Append(document.ToBson());
        }

        var command = new BsonDocument("documents", builder.Build()).ToBson();

        Assert.Equal(new BsonDocument("documents", new BsonArray(documents)).ToBson(), command);
        Assert.Equal(count, BsonSerializer.Deserialize<BsonDocument>(command)["documents"].AsBsonArray.Count);
    }
}
