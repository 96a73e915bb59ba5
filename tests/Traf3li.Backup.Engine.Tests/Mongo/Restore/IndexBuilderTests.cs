using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class IndexBuilderTests
{
    private static readonly BsonDocument Id = BsonDocument.Parse("{v: 2, key: {_id: 1}, name: '_id_'}");

    [Fact]
    public void What_comes_with_the_collection_is_not_built()
    {
        var clustered = BsonDocument.Parse("{v: 2, key: {_id: 1}, name: 'the cluster', unique: true, clustered: true}");
        var hashed = BsonDocument.Parse("{v: 2, key: {_id: 'hashed'}, name: '_id_hashed'}");

        Assert.Equal([hashed], IndexBuilder.Prepare("a.b", [Id, clustered, hashed], [], "host"));
    }

    [Fact]
    public void In_a_collated_collection_an_index_without_a_collation_asks_for_the_simple_one()
    {
        var plain = BsonDocument.Parse("{v: 2, key: {y: 1}, name: 'y'}");
        var own = BsonDocument.Parse("{v: 2, key: {x: 1}, name: 'x', collation: {locale: 'de'}}");

        var prepared = IndexBuilder.Prepare("a.b", [plain, own], BsonDocument.Parse("{collation: {locale: 'sv'}}"), "host");

        Assert.Equal("simple", prepared[0]["collation"]["locale"]);
        Assert.Equal("de", prepared[1]["collation"]["locale"]);
        Assert.False(plain.Contains("collation"));
    }

    [Fact]
    public void What_old_servers_wrote_and_new_ones_refuse_is_left_out()
    {
        var old = BsonDocument.Parse("{v: 0, key: {x: 1}, name: 'x', ns: 'a.b', background: true, hidden: true, prepareUnique: true}");

        Assert.Equal(BsonDocument.Parse("{key: {x: 1}, name: 'x', hidden: true, prepareUnique: true}"), Assert.Single(IndexBuilder.Prepare("a.b", [old], [], "host")));
    }

    [Fact]
    public void A_haystack_is_refused_early_and_named()
    {
        var haystack = BsonDocument.Parse("{v: 2, key: {p: 'geoHaystack', t: 1}, name: 'hay', bucketSize: 1}");

        var error = Assert.Throws<ServerUnsupportedException>(() => IndexBuilder.Prepare("a.b", [haystack], [], "host"));

        Assert.Contains("hay", error.Message, StringComparison.Ordinal);
        Assert.Contains("-NoIndex", error.Message, StringComparison.Ordinal);
    }
}
