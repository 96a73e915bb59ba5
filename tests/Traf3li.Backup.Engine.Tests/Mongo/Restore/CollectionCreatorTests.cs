using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class CollectionCreatorTests
{
    [Fact]
    public void What_only_listCollections_shows_is_left_out()
    {
        var command = CollectionCreator.Command("c", BsonDocument.Parse("{capped: true, size: 4096, temp: true, autoIndexId: true}"), new Version(6, 0));

        Assert.Equal(["create", "capped", "size", "writeConcern"], command.Names);
    }

    [Fact]
    public void Pre_images_take_the_name_that_the_server_knows()
    {
        var options = BsonDocument.Parse("{recordPreImages: true}");

        Assert.True(CollectionCreator.Command("c", options, new Version(5, 0)).Contains("recordPreImages"));
        Assert.True(CollectionCreator.Command("c", options, new Version(6, 0))["changeStreamPreAndPostImages"]["enabled"].AsBoolean);
    }

    [Theory]
    [InlineData(1_800, "seconds")]
    [InlineData(3_601, "minutes")]
    [InlineData(100_000, "hours")]
    [InlineData(9_000_000, "hours")]
    public void A_bucket_size_of_its_own_becomes_the_least_granularity_that_covers_it(int span, string granularity)
    {
        var options = new BsonDocument("timeseries", new BsonDocument { { "timeField", "t" }, { "bucketRoundingSeconds", span }, { "bucketMaxSpanSeconds", span } });

        Assert.Equal(granularity, CollectionCreator.Command("c", options, new Version(6, 0))["timeseries"]["granularity"].AsString);
        Assert.Equal(span, CollectionCreator.Command("c", options, new Version(7, 0))["timeseries"]["bucketMaxSpanSeconds"].AsInt32);
    }
}
