using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Engine.Tests.Mongo.Oplog;

public sealed class OplogEntryTests
{
    [Theory]
    [InlineData("drop_collection.bson")]
    [InlineData("drop_db.bson")]
    [InlineData("collMod.bson")]
    [InlineData("create_index.bson")]
    [InlineData("vectored_insert.bson")]
    public void Every_entry_of_the_corpus_reads(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var bytes = File.ReadAllBytes(Corpus.PathOf("oplogs/" + file)).AsSpan();
        var last = default(OplogPosition);
        while (bytes.Length > 0)
        {
            Assert.True(RawBson.TryReadLength(bytes, out var length));
            var entry = OplogEntry.Read(bytes[..length]);
            Assert.True(entry.Position >= last);
            Assert.Contains(entry.Operation, "iudcn");
            last = entry.Position;
            bytes = bytes[length..];
        }

        Assert.True(last.Seconds > 0);
    }

    [Fact]
    public void Database_and_collection_are_parted_at_the_first_dot()
    {
        var entry = OplogEntry.Read(new BsonDocument { { "op", "i" }, { "ns", "shop.a.b" }, { "o", new BsonDocument("_id", 1) } }.ToBson());

        Assert.Equal("shop", entry.Database);
        Assert.Equal("a.b", entry.Collection);
    }

    [Fact]
    public void What_is_no_entry_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => OplogEntry.Read(new BsonDocument("x", 1).ToBson()));
        var cut = new BsonDocument { { "op", "i" }, { "ns", "a.b" }, { "o", new BsonDocument("_id", 1) } }.ToBson();
        cut[^12] = 0x7E;
        Assert.Throws<InvalidDataException>(() => OplogEntry.Read(cut));
    }
}
