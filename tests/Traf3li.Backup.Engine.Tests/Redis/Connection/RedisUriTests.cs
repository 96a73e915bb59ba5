using System.Net;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public sealed class RedisUriTests
{
    [Theory]
    [InlineData("redis://cache", "cache:6379", null, null, 0)]
    [InlineData("redis://cache:7000/3", "cache:7000", null, null, 3)]
    [InlineData("REDIS://10.0.0.7/", "10.0.0.7:6379", null, null, 0)]
    [InlineData("redis://:word@cache", "cache:6379", null, "word", 0)]
    [InlineData("redis://anna:w%40rd%3A%2F@cache:1", "cache:1", "anna", "w@rd:/", 0)]
    [InlineData("redis://anna:w@rd:x@my_cache:1", "my_cache:1", "anna", "w@rd:x", 0)]
    [InlineData("redis://[::1]:7000", "[::1]:7000", null, null, 0)]
    [InlineData("redis://[fe80::2]", "[fe80::2]:6379", null, null, 0)]
    [InlineData("redis+unix:///run/redis%20one.sock?db=2", "unix:/run/redis one.sock", null, null, 2)]
    [InlineData("unix://anna:word@/run/redis.sock", "unix:/run/redis.sock", "anna", "word", 0)]
    public void A_server(string text, string endpoint, string? user, string? password, int database)
    {
        var target = RedisUri.Parse(text);
        Assert.Equal(endpoint, Assert.Single(target.Endpoints).ToString());
        Assert.Equal((user, password, database), (target.UserName, target.Password, target.Database));
        Assert.Null(target.Tls);
        Assert.Null(target.SentinelMaster);
    }

    [Fact]
    public void Tls_and_its_options()
    {
        var target = RedisUri.Parse("rediss://cache?ca=/etc/ca.pem&cert=c.pem&key=k.pem&serverName=inner&preferReplica=true");
        Assert.Equal(new RedisTls { CaFile = "/etc/ca.pem", CertificateFile = "c.pem", KeyFile = "k.pem", ServerName = "inner" }, target.Tls);
        Assert.True(target.PreferReplica);
        Assert.True(RedisUri.Parse("rediss://cache?allowInvalidCertificate").Tls!.AllowInvalidCertificate);
        Assert.False(RedisUri.Parse("rediss://cache").Tls!.AllowInvalidCertificate);
    }

    [Fact]
    public void Sentinels()
    {
        var target = RedisUri.Parse("redis+sentinel://anna:word@one,two:5000/main/4?sentinelUser=guard&sentinelPassword=other");
        Assert.Equal(["one:26379", "two:5000"], target.Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Equal(("main", "anna", "word", 4), (target.SentinelMaster, target.UserName, target.Password, target.Database));
        Assert.Equal(("guard", "other"), (target.SentinelUserName, target.SentinelPassword));
        Assert.NotNull(RedisUri.Parse("rediss+sentinel://one/main").Tls);
    }

    [Fact]
    public void A_credential_replaces_user_and_password()
    {
        var target = RedisUri.Parse("redis://anna:old@cache", new NetworkCredential("bert", "new"));
        Assert.Equal(("bert", "new"), (target.UserName, target.Password));
        Assert.Null(RedisUri.Parse("redis://anna@cache", new NetworkCredential("", "new")).UserName);
    }

    [Theory]
    [InlineData("http://cache", "scheme")]
    [InlineData("cache:6379", "scheme")]
    [InlineData("redis://", "host")]
    [InlineData("redis://a,b", "several hosts")]
    [InlineData("redis://ca che", "host")]
    [InlineData("redis://::1:6379", "brackets")]
    [InlineData("redis://cache:0", "port")]
    [InlineData("redis://cache:65536", "port")]
    [InlineData("redis://cache:port", "port")]
    [InlineData("redis://cache/one", "database")]
    [InlineData("redis://cache/-1", "database")]
    [InlineData("redis://cache?nothing=1", "preferReplica")]
    [InlineData("redis://cache?db=1&DB=2", "twice")]
    [InlineData("redis://cache?ca=/ca.pem", "rediss")]
    [InlineData("rediss://cache?key=k.pem", "cert")]
    [InlineData("rediss://cache?ca=", "empty")]
    [InlineData("rediss://cache?preferReplica=maybe", "preferReplica")]
    [InlineData("redis://cache#1", "%23")]
    [InlineData("redis+unix://host/path", "absolute path")]
    [InlineData("redis+unix:///", "absolute path")]
    [InlineData("redis+sentinel://one", "master")]
    [InlineData("redis+sentinel://one/a/b/c", "master")]
    [InlineData("redis://anna@cache", "password")]
    [InlineData("redis://a%0Ab:word@cache", "control")]
    public void What_is_wrong_is_named(string text, string part)
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => RedisUri.Parse(text));
        Assert.Equal("REDIS_URL", error.Setting);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://anna:se/cret@cache")]
    [InlineData("redis://anna:se?cret@cache")]
    [InlineData("redis://anna:se#cret@cache")]
    [InlineData("redis://anna:secret@cache:x")]
    [InlineData("redis://anna:12/secret@cache")]
    [InlineData("redis://secret@cache")]
    [InlineData("redis+sentinel://anna:secret@cache")]
    public void Nothing_hidden_in_errors(string text)
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => RedisUri.Parse(text));
        Assert.DoesNotContain("cret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("anna", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_in_texts()
    {
        var target = RedisUri.Parse("redis+sentinel://anna:secret@cache/main?sentinelPassword=secret");
        Assert.Equal("RedisTarget { cache:26379 master main }", target.ToString());
        Assert.Equal("RedisNode { cache:26379 }", target.Node(target.Endpoints[0]).ToString());
    }
}
