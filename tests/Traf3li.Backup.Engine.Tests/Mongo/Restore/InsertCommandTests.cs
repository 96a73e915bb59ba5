using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

/// <summary>What the commands for servers say that the tests cannot run.</summary>
public sealed class InsertCommandTests
{
    [Theory]
    [InlineData("7.0.28", false)]
    [InlineData("8.0.0", true)]
    [InlineData("8.3.1", true)]
    public void Empty_timestamps_are_kept_by_servers_that_can(string server, bool keeps)
    {
        var command = InsertCommand.Create("orders", new BsonArray { new BsonDocument("_id", 1) }, ordered: false, rawData: false, Version.Parse(server));

        Assert.Equal("orders", command.GetElement(0).Value.AsString);
        Assert.Equal("insert", command.GetElement(0).Name);
        Assert.Equal(keeps, command.GetValue("bypassEmptyTsReplacement", false).AsBoolean);
        Assert.True(command["bypassDocumentValidation"].AsBoolean);
        Assert.False(command.Contains("rawData"));
        Assert.Single(command["documents"].AsBsonArray);
    }

    [Fact]
    public void Buckets_are_written_as_raw_data_under_the_series_own_name_from_8_3()
    {
        Assert.Equal("system.buckets.series", CollectionCatalog.StorageName("series", new Version(8, 2, 9)));
        Assert.Equal("series", CollectionCatalog.StorageName("series", new Version(8, 3, 0)));
        Assert.True(InsertCommand.Create("series", new BsonArray(), ordered: false, rawData: true, new Version(8, 3, 0))["rawData"].AsBoolean);
    }
}
