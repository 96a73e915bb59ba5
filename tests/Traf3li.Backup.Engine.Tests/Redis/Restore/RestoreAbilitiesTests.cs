using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Tests.Redis.Restore;

public class RestoreAbilitiesTests
{
    [Theory]
    [InlineData("redis", "5.0.14", 9)]
    [InlineData("redis", "6.2.7", 9)]
    [InlineData("redis", "7.0.15", 10)]
    [InlineData("redis", "7.2.4", 11)]
    [InlineData("redis", "7.4.0", 12)]
    [InlineData("redis", "8.0.6", 12)]
    [InlineData("redis", "8.4.1", 12)]
    [InlineData("redis", "8.6.0", 13)]
    [InlineData("redis", "9.0.0", 13)]
    [InlineData("valkey", "7.2.5", 11)]
    [InlineData("valkey", "8.1.0", 11)]
    [InlineData("valkey", "9.0.0-rc1", 11)]
    public void The_footer_is_the_newest_that_the_target_takes(string kind, string version, int expected)
    {
        var target = Of(kind, version);
        Assert.Equal(expected, target.FooterFor(6));
        Assert.Equal(expected, target.FooterFor(expected));
        Assert.Null(target.FooterFor(expected + 1));
    }

    [Fact]
    public void Valkey_9_takes_its_own_and_nobody_else_does()
    {
        Assert.Equal(80, Of("valkey", "9.1.0").FooterFor(80));
        Assert.Null(Of("valkey", "8.1.0").FooterFor(80));
        Assert.Null(Of("redis", "8.6.0").FooterFor(80));
        Assert.Null(Of("valkey", "9.1.0").FooterFor(12));
    }

    [Fact]
    public void The_oldest_server_counts()
    {
        var target = RestoreAbilities.Of([Facts("redis", "8.0.0"), Facts("redis", "7.0.1"), Facts("redis", "7.2.0")]);
        Assert.Equal((10, true, false), (target.FooterFor(6), target.HasFunctions, target.HasFieldExpiry));
        Assert.False(Of("redis", "6.2.1").HasFunctions);
        Assert.True(Of("redis", "7.4.1").HasFieldExpiry);
        Assert.False(Of("valkey", "8.0.1").HasFieldExpiry);
        Assert.True(Of("valkey", "9.0.1").HasFieldExpiry);
    }

    [Theory]
    [InlineData("4.0.9")]
    [InlineData("unknown")]
    public void Too_old_and_unknown_servers_are_refused(string version) => Assert.Throws<ServerUnsupportedException>(() => Of("redis", version));

    [Fact]
    public void Modules_are_known_by_their_types()
    {
        var target = Of("redis", "8.0.0");
        Assert.Null(target.HasModule("ReJSON-RL"));
        Assert.False((target with { Modules = [] }).HasModule("whatever9"));
        target = target with { Modules = ["ReJSON", "bf"] };
        Assert.True(target.HasModule("ReJSON-RL"));
        Assert.False(target.HasModule("TSDB-TYPE"));
        Assert.Null(target.HasModule("whatever9"));
    }

    private static RestoreAbilities Of(string kind, string version) => RestoreAbilities.Of([Facts(kind, version)]);

    private static RedisServerFacts Facts(string kind, string version) =>
        new() { Endpoint = RedisEndpoint.Tcp("localhost", 6379), Kind = kind, Version = version, Mode = "standalone", Keys = new Dictionary<int, long>() };
}
