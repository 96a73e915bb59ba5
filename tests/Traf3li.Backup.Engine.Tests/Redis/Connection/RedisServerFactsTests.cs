using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public sealed class RedisServerFactsTests
{
    private static readonly RedisEndpoint Endpoint = RedisEndpoint.Tcp("cache", 6379);

    [Fact]
    public void A_primary()
    {
        var facts = Read("""
            # Server
            redis_version:7.0.15
            redis_mode:standalone
            role:master
            loading:0
            rdb_bgsave_in_progress:1
            rdb_current_bgsave_time_sec:12
            rdb_last_bgsave_status:ok
            used_memory:1000
            used_memory_rss:2000
            maxmemory:0
            total_system_memory:9000
            connected_slaves:2
            db0:keys=5,expires=1,avg_ttl=0
            db12:keys=7,expires=0,avg_ttl=0
            dbx:keys=1
            """);
        Assert.Equal(("redis", "7.0.15", "standalone"), (facts.Kind, facts.Version, facts.Mode));
        Assert.Equal((false, null, 2), (facts.IsReplica, facts.IsLinkUp, facts.ConnectedReplicas));
        Assert.Equal((true, TimeSpan.FromSeconds(12), true), (facts.IsSaving, facts.SavingFor, facts.IsLastSaveGood));
        Assert.Equal((7000, null), (facts.ForkHeadroom, facts.MaxMemory));
        Assert.Equal([(0, 5L), (12, 7L)], facts.Keys.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void A_replica_of_valkey_that_is_not_in_step()
    {
        var facts = Read("redis_version:7.2.4\nvalkey_version:8.1.0\nserver_name:valkey\nrole:slave\nmaster_host:::1\nmaster_port:7000\nmaster_link_status:up\nmaster_sync_in_progress:1\n");
        Assert.Equal(("valkey", "8.1.0", true, false), (facts.Kind, facts.Version, facts.IsReplica, facts.IsLinkUp));
        Assert.Equal("[::1]:7000", facts.Primary!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":\n::\nrole\nrole:\nused_memory:99999999999999999999\ndb:keys=1\ndb0:keys\ndb-1:keys=1\nmaster_port:0\nrole:slave\nmaster_host:x")]
    public void What_a_server_need_not_say(string info)
    {
        var facts = Read(info);
        Assert.Equal((null, null, null), (facts.UsedMemory, facts.ForkHeadroom, facts.Primary));
        Assert.Empty(facts.Keys);
    }

    [Theory]
    [InlineData("normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", "256.0 MB, or 64.0 MB for 60 s")]
    [InlineData("replica 0 0 0", "no limit")]
    [InlineData("replica 1048576 0 0", "1.0 MB")]
    [InlineData("replica 0 1048576 5", "1.0 MB for 5 s")]
    [InlineData("normal 0 0 0", null)]
    [InlineData("slave 1 2", null)]
    [InlineData("slave a b c", null)]
    [InlineData(null, null)]
    public void The_limit_of_output_buffers(string? setting, string? text) => Assert.Equal(text, OutputBufferLimit.OfReplicas(setting)?.ToString());

    [Fact]
    public void All_is_well() => Assert.Empty(RedisPreflight.Warnings(Read("role:master\nused_memory_rss:100\ntotal_system_memory:1000\nrdb_last_bgsave_status:ok")));

    [Theory]
    [InlineData("loading:1", "loading:1")]
    [InlineData("role:slave\nmaster_host:a\nmaster_port:1\nmaster_link_status:down", "a:1 (master_link_status:down)")]
    [InlineData("rdb_bgsave_in_progress:1\nrdb_current_bgsave_time_sec:7200", "120 min")]
    [InlineData("rdb_last_bgsave_status:err\nrdb_changes_since_last_save:77", "77 changes")]
    [InlineData("used_memory_rss:9000\ntotal_system_memory:10000", "1.0 KB are left|8.8 KB of memory")]
    [InlineData("used_memory_rss:9000\nused_memory:9000\nmaxmemory:8000", "0 B are left")]
    public void Each_warning_has_its_number(string info, string expected)
    {
        var warning = Assert.Single(RedisPreflight.Warnings(Read(info)));
        Assert.Contains("cache:6379", warning, StringComparison.Ordinal);
        Assert.All(expected.Split('|'), part => Assert.Contains(part, warning, StringComparison.Ordinal));
    }

    [Fact]
    public void A_save_that_runs_is_told_of_and_no_warning()
    {
        var facts = Read("rdb_bgsave_in_progress:1\nrdb_current_bgsave_time_sec:1800");
        Assert.Empty(RedisPreflight.Warnings(facts));
        Assert.Contains("is saving already", Assert.Single(RedisPreflight.Notes(facts)), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_told_of_too()
    {
        var facts = Read("") with { IsDisklessSync = false, OutputBufferLimit = new OutputBufferLimit(1 << 20, 0, TimeSpan.Zero) };
        Assert.Contains("passes 1.0 MB (client-output-buffer-limit replica)", Assert.Single(RedisPreflight.Warnings(facts)), StringComparison.Ordinal);
        Assert.Contains("repl-diskless-sync no", Assert.Single(RedisPreflight.Notes(facts)), StringComparison.Ordinal);
    }

    private static RedisServerFacts Read(string info) => RedisServerFacts.From(Endpoint, RedisInfo.Parse(info));
}
