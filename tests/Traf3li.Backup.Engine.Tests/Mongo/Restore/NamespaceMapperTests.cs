using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class NamespaceMapperTests
{
    [Theory]
    [InlineData("shop", "orders", "copy", "orders")]
    [InlineData("shop", "a.b", "copy", "a.b")]
    [InlineData("blog", "posts", "blog", "posts")]
    [InlineData("logs", "y2026", "archive", "2026.old")]
    public void The_first_match_wins_and_stars_carry_over(string database, string collection, string toDatabase, string toCollection)
    {
        var mapper = new NamespaceMapper(null, [new("shop.*", "copy.*"), new("logs.y*", "archive.*.old"), new("*.posts", "*.posts")]);

        Assert.Equal((toDatabase, toCollection), mapper.Map(database, collection));
    }

    [Fact]
    public void One_database_takes_all() => Assert.Equal(("copy", "orders"), new NamespaceMapper("copy", []).Map("shop", "orders"));

    [Theory]
    [InlineData("shop.*", "copy")]
    [InlineData("shop.orders", "copy.*")]
    public void A_new_name_that_cannot_be_filled_is_an_error(string from, string to) =>
        Assert.Equal("NamespaceMap", Assert.Throws<ConfigurationInvalidException>(() => new NamespaceMapper(null, [new(from, to)])).Setting);
}
