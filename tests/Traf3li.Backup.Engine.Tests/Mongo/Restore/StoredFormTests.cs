using CsCheck;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class StoredFormTests
{
    [Fact]
    public void The_id_moves_to_the_front_and_all_else_keeps_its_order()
    {
        var document = new BsonDocument { { "a", 1 }, { "b", new BsonArray { 1, "x" } }, { "_id", "the id" }, { "c", BsonNull.Value } }.ToBson();

        var stored = StoredForm.Of(document).ToArray();

        Assert.Equal(new BsonDocument { { "_id", "the id" }, { "a", 1 }, { "b", new BsonArray { 1, "x" } }, { "c", BsonNull.Value } }.ToBson(), stored);
    }

    [Fact]
    public void A_document_without_an_id_or_with_it_in_front_stays()
    {
        var with = new BsonDocument { { "_id", 1 }, { "a", 1 } }.ToBson();
        var without = new BsonDocument { { "a", 1 } }.ToBson();

        Assert.Equal(with, StoredForm.Of(with).ToArray());
        Assert.Equal(without, StoredForm.Of(without).ToArray());
    }

    [Fact]
    public void Wherever_the_id_stands_only_its_place_changes() => Gen.Int[0, 6].Array[1, 7].Select(Gen.Int[0, 6], (values, place) => (values, place)).Sample(sample =>
    {
        var fields = sample.values.Select((value, index) => new BsonElement($"f{index}", value)).ToList();
        fields.Insert(Math.Min(sample.place, fields.Count), new BsonElement("_id", "x"));
        var expected = new BsonDocument(fields.OrderByDescending(field => field.Name == "_id"));
        Assert.Equal(expected.ToBson(), StoredForm.Of(new BsonDocument(fields).ToBson()).ToArray());
    });
}
