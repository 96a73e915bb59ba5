using CsCheck;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class RawBsonTests
{
    private static readonly byte[] Everything = new BsonDocument
    {
        { "_id", ObjectId.Parse("507f1f77bcf86cd799439011") }, { "d", 1.5 }, { "s", "text" }, { "o", new BsonDocument("a", new BsonArray { 1, "x", BsonNull.Value }) },
        { "b", new BsonBinaryData([1, 2, 3]) }, { "u", BsonUndefined.Value }, { "t", true }, { "at", new BsonDateTime(5) }, { "n", BsonNull.Value },
        { "r", new BsonRegularExpression("a.b", "i") }, { "j", new BsonJavaScript("x()") }, { "y", BsonSymbol.Create("sym") },
        { "w", new BsonJavaScriptWithScope("f()", new BsonDocument("v", 2)) }, { "i", 3 }, { "ts", new BsonTimestamp(7, 8) }, { "l", 4L },
        { "dec", Decimal128.Parse("1.25") }, { "min", BsonMinKey.Value }, { "max", BsonMaxKey.Value },
    }.ToBson();

    [Fact]
    public void Every_type_is_valid_and_found()
    {
        Assert.True(RawBson.TryValidate(Everything, out var error), error);
        Assert.True(RawBson.TryFind(Everything, "ts"u8, out var element));
        Assert.Equal((7u, 8u), element.AsTimestamp());
        Assert.True(RawBson.TryFind(Everything, "s"u8, out element));
        Assert.Equal("text", element.AsString());
        Assert.True(RawBson.TryFind(Everything, "l"u8, out element));
        Assert.Equal(4, element.AsInt64());
        Assert.False(RawBson.TryFind(Everything, "v"u8, out element));
        Assert.False(element.IsDamaged);
    }

    [Fact]
    public void Only_a_zero_timestamp_at_the_top_is_empty()
    {
        Assert.True(RawBson.HasEmptyTimestamp(new BsonDocument { { "_id", 1 }, { "t", new BsonTimestamp(0, 0) } }.ToBson()));
        Assert.False(RawBson.HasEmptyTimestamp(new BsonDocument { { "_id", 1 }, { "o", new BsonDocument("t", new BsonTimestamp(0, 0)) } }.ToBson()));
        Assert.False(RawBson.HasEmptyTimestamp(Everything));
    }

    [Fact]
    public void Every_prefix_and_flip_is_judged_without_a_crash()
    {
        for (var length = 0; length < Everything.Length; length++)
        {
            Assert.False(RawBson.TryValidate(Everything.AsSpan(0, length), out _));
        }

        for (var index = 0; index < Everything.Length; index++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = Everything.ToArray();
                changed[index] = (byte)value;
                var valid = RawBson.TryValidate(changed, out var error);
                Assert.Equal(valid, error.Length == 0);
                var reader = new RawBsonReader(changed);
                while (reader.Read())
                {
                }

                Assert.False(valid && reader.IsDamaged);
            }
        }
    }

    [Fact]
    public void Random_bytes_never_crash() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        if (bytes.Length >= 4)
        {
            BitConverter.TryWriteBytes(bytes, bytes.Length);
        }

        RawBson.TryValidate(bytes, out _);
        RawBson.HasEmptyTimestamp(bytes);
    });

    [Fact]
    public void Nesting_has_a_bound()
    {
        static byte[] Nested(int depth)
        {
            byte[] document = [5, 0, 0, 0, 0];
            for (var level = 0; level < depth; level++)
            {
                document = [.. BitConverter.GetBytes(document.Length + 8), 3, (byte)'a', 0, .. document, 0];
            }

            return document;
        }

        Assert.True(RawBson.TryValidate(Nested(200), out var error), error);
        Assert.False(RawBson.TryValidate(Nested(5000), out error));
        Assert.Contains("deeper", error, StringComparison.Ordinal);
    }
}
