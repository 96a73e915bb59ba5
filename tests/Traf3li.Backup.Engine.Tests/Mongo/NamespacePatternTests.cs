using Traf3li.Backup.Engine.Mongo;

namespace Traf3li.Backup.Engine.Tests.Mongo;

public sealed class NamespacePatternTests
{
    [Theory]
    [InlineData("shop.orders", "shop.orders", true)]
    [InlineData("shop.orders", "shop.Orders", false)]
    [InlineData("shop.*", "shop.a.b", true)]
    [InlineData("shop.*", "shopx.a", false)]
    [InlineData("*.orders", "shop.orders", true)]
    [InlineData("sh?p", "shop", true)]
    [InlineData("sh?p", "shp", false)]
    [InlineData("a`*b", "a*b", true)]
    [InlineData("a`*b", "axb", false)]
    [InlineData("a.b(c)[d]+", "a.b(c)[d]+", true)]
    [InlineData("line\nbreak*", "line\nbreak and more\n", true)]
    public void Matches_as_users_expect(string pattern, string name, bool expected) => Assert.Equal(expected, new NamespacePattern(pattern).IsMatch(name));

    [Theory]
    [InlineData("plain")]
    [InlineData("with*star?and`tick")]
    public void An_escaped_name_matches_itself_only(string name)
    {
        var pattern = new NamespacePattern(NamespacePattern.Escape(name));

        Assert.True(pattern.IsMatch(name));
        Assert.False(pattern.IsMatch(name.Replace("*", "x", StringComparison.Ordinal) + "x"));
    }

    [Fact]
    public void Hands_out_what_each_wildcard_stood_for() => Assert.Equal(["shop", "2026"], new NamespacePattern("*.orders_*").Match("shop.orders_2026"));

    [Fact]
    public void A_pattern_of_many_stars_does_not_take_for_ever() =>
        Assert.False(new NamespacePattern(string.Concat(Enumerable.Repeat("a*", 40)) + "b").IsMatch(new string('a', 20_000)));
}
