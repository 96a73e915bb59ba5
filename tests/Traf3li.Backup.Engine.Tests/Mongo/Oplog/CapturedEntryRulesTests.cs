using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Tests.Mongo.Oplog;

public sealed class CapturedEntryRulesTests
{
    private static readonly NamespaceFilter Shop = new(["shop"], [], []);

    [Theory]
    [InlineData("i", "shop.orders", true)]
    [InlineData("i", "blog.posts", false)]
    [InlineData("d", "config.transactions", false)]
    [InlineData("i", "shop.traf3li.restore.abc.1", false)]
    [InlineData("n", "", false)]
    public void Keeps_what_the_backup_concerns(string operation, string name, bool kept) =>
        Assert.Equal(kept, Takes(new CapturedEntryRules(Shop, default), operation, name, new BsonDocument("_id", 1)));

    [Fact]
    public void Keeps_transactions_because_they_may_concern_it() =>
        Assert.True(Takes(new CapturedEntryRules(Shop, default), "c", "admin.$cmd", new BsonDocument("applyOps", new BsonArray())));

    [Fact]
    public void A_rename_of_data_that_may_have_been_read_stops_the_backup()
    {
        var error = Assert.Throws<OplogGapException>(() => Takes(new CapturedEntryRules(Shop, default), "c", "shop.$cmd", Rename("shop.a", "shop.b")));

        Assert.Contains("shop.a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rename_of_a_collection_made_meanwhile_is_replayed()
    {
        var rules = new CapturedEntryRules(Shop, default);

        Assert.True(Takes(rules, "c", "shop.$cmd", new BsonDocument { { "create", "tmp.agg_out.1" } }));
        Assert.True(Takes(rules, "c", "shop.$cmd", Rename("shop.tmp.agg_out.1", "shop.report")));
        Assert.Throws<OplogGapException>(() => Takes(rules, "c", "shop.$cmd", Rename("shop.tmp.agg_out.1", "shop.report")));
    }

    [Fact]
    public void What_a_restore_puts_into_place_stops_the_backup_that_concerns_it()
    {
        var rename = Rename("shop.traf3li.restore.abc.1", "shop.a");

        Assert.Throws<OplogGapException>(() => Takes(new CapturedEntryRules(Shop, default), "c", "shop.$cmd", rename));
        Assert.False(Takes(new CapturedEntryRules(new NamespaceFilter([], ["shop.b"], []), default), "c", "shop.$cmd", rename));
        Assert.False(Takes(new CapturedEntryRules(Shop, default), "c", "shop.$cmd", Rename("shop.traf3li.restore.abc.1", "shop.traf3li.restore.abc.2")));
    }

    [Fact]
    public void What_out_fills_is_kept_whichever_collections_are_chosen() =>
        Assert.True(Takes(new CapturedEntryRules(new NamespaceFilter([], ["shop.report"], []), default), "i", "shop.tmp.agg_out.1", new BsonDocument("_id", 1)));

    [Theory]
    [InlineData("i", "shop.orders", false)]
    [InlineData("i", "shop.tmp.agg_out.1", true)]
    public void What_happened_before_the_first_read_is_kept_only_while_it_is_under_way(string operation, string name, bool kept) =>
        Assert.Equal(kept, Takes(new CapturedEntryRules(Shop, new OplogPosition(1, 1)), operation, name, new BsonDocument("_id", 1)));

    [Fact]
    public void A_rename_in_another_database_does_not_matter() =>
        Assert.False(Takes(new CapturedEntryRules(Shop, default), "c", "blog.$cmd", Rename("blog.a", "blog.b")));

    [Theory]
    [InlineData("c", "shop.$cmd", "importCollection")]
    [InlineData("u", "admin.system.version", "version")]
    public void What_cannot_be_bridged_stops_the_backup(string operation, string name, string field) =>
        Assert.Throws<OplogGapException>(() => Takes(new CapturedEntryRules(Shop, default), operation, name, new BsonDocument(field, "x")));

    private static BsonDocument Rename(string from, string to) => new() { { "renameCollection", from }, { "to", to }, { "dropTarget", true } };

    private static bool Takes(CapturedEntryRules rules, string operation, string name, BsonDocument change)
    {
        var entry = new BsonDocument { { "ts", new BsonTimestamp(1, 1) }, { "op", operation }, { "ns", name }, { "o", change } }.ToBson();
        return rules.Takes(OplogEntry.Read(entry));
    }
}
