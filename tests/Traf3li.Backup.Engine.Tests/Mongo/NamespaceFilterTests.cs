using Traf3li.Backup.Engine.Mongo;

namespace Traf3li.Backup.Engine.Tests.Mongo;

public sealed class NamespaceFilterTests
{
    [Fact]
    public void Nothing_chosen_takes_all()
    {
        var filter = new NamespaceFilter([], [], []);

        Assert.True(filter.TakesAll);
        Assert.True(filter.Takes("any", "thing"));
    }

    [Theory]
    [InlineData("traf3li_drill_0123abcd_0", false)]
    [InlineData("traf3li_drill_0123abcd_other", false)]
    [InlineData("traf3li_drill_0123abcd", true)]
    [InlineData("traf3li_drill_my_own_db", true)]
    public void The_databases_of_a_restore_drill_are_taken_only_when_chosen(string database, bool taken)
    {
        var filter = new NamespaceFilter([], [], ["shop.log*"]);

        Assert.Equal(taken, filter.MayTakeDatabase(database));
        Assert.Equal(taken, filter.Takes(database, "orders"));
        Assert.True(new NamespaceFilter([database], [], []).Takes(database, "orders"));
        Assert.True(new NamespaceFilter([], [$"{database}.orders"], []).MayTakeDatabase(database));
    }

    [Fact]
    public void An_exclusion_wins_over_an_inclusion()
    {
        var filter = new NamespaceFilter([], ["shop.*"], ["shop.log*"]);

        Assert.True(filter.Takes("shop", "orders"));
        Assert.False(filter.Takes("shop", "logs"));
        Assert.False(filter.Takes("other", "orders"));
        Assert.False(filter.MayTakeDatabase("other"));
    }

    [Fact]
    public void With_one_database_a_collection_may_be_written_alone()
    {
        var filter = new NamespaceFilter(["shop"], ["orders", "shop.customers", "dots.in.name"], []);

        Assert.True(filter.Takes("shop", "orders"));
        Assert.True(filter.Takes("shop", "customers"));
        Assert.True(filter.Takes("shop", "dots.in.name"));
        Assert.False(filter.Takes("shop", "items"));
    }

    [Fact]
    public void A_collection_without_a_database_is_an_error_that_says_how_to_write_it()
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => new NamespaceFilter([], ["orders"], []));

        Assert.Contains("orders", error.Message, StringComparison.Ordinal);
        Assert.Contains("*.orders", error.Recommendation, StringComparison.Ordinal);
    }
}
