using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public sealed class SentinelClientTests : IAsyncDisposable
{
    private readonly FakeRedis _oldMaster = new();
    private readonly FakeRedis _newMaster = new();
    private readonly FakeRedis _staleSentinel = new();
    private readonly FakeRedis _sentinel = new();
    private readonly RecordingReporter _reporter = new();

    public SentinelClientTests()
    {
        _oldMaster.Answer("ROLE", "*1\r\n$5\r\nslave\r\n");
        _newMaster.Answer("ROLE", "*1\r\n$6\r\nmaster\r\n");
        Name(_staleSentinel, _oldMaster);
        Name(_sentinel, _newMaster);
    }

    [Fact]
    public async Task A_stale_answer_is_not_believed()
    {
        Assert.Equal(_newMaster.Node.Endpoint, (await Client(_staleSentinel, _sentinel).FindMasterAsync(CancellationToken.None)).Endpoint);
        Assert.Contains("says that it is a slave", Assert.Single(_reporter.Details), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_master_at_all()
    {
        var error = await Assert.ThrowsAsync<ServerUnreachableException>(() => Client(_staleSentinel).FindMasterAsync(CancellationToken.None));
        Assert.Contains(_oldMaster.Node.Endpoint.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains("says that it is a slave", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_right_to_ask_is_named()
    {
        _newMaster.Answer("ROLE", "-NOPERM no\r\n");
        var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => Client(_sentinel).FindMasterAsync(CancellationToken.None));
        Assert.Contains("+role", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_goes_to_a_sentinel_only_when_it_asks()
    {
        var target = Target(_sentinel) with { Password = "word" };
        await new SentinelClient(target, new RedisConnectionOptions(), _reporter, TimeProvider.System).FindMasterAsync(CancellationToken.None);
        Assert.DoesNotContain("AUTH word", _sentinel.Commands);
        Assert.Contains("AUTH word", _newMaster.Commands);

        await new SentinelClient(target with { SentinelPassword = "other" }, new RedisConnectionOptions(), _reporter, TimeProvider.System)
            .FindMasterAsync(CancellationToken.None);
        Assert.Contains("AUTH other", _sentinel.Commands);

        _sentinel.Answer("SENTINEL get-master-addr-by-name", "-NOAUTH Authentication required.\r\n");
        await Assert.ThrowsAsync<AuthenticationFailedException>(
            () => new SentinelClient(target, new RedisConnectionOptions(), _reporter, TimeProvider.System).FindMasterAsync(CancellationToken.None));
        Assert.Contains("AUTH word", _sentinel.Commands);
    }

    [Fact]
    public async Task Replicas_that_are_down_are_left_out()
    {
        _sentinel.Answer("SENTINEL replicas", "*3\r\n"
            + Replica("10.0.0.1", 7000, "slave") + Replica("10.0.0.2", 7000, "s_down,slave,disconnected") + Replica("10.0.0.3", 0, "slave"));
        Assert.Equal(["10.0.0.1:7000"], (await Client(_sentinel).FindReplicasAsync(CancellationToken.None)).Select(endpoint => endpoint.ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        await _oldMaster.DisposeAsync();
        await _newMaster.DisposeAsync();
        await _staleSentinel.DisposeAsync();
        await _sentinel.DisposeAsync();
    }

    private static void Name(FakeRedis sentinel, FakeRedis master) =>
        sentinel.Answer("SENTINEL get-master-addr-by-name", "*2\r\n$9\r\n127.0.0.1\r\n" + Bulk(master.Node.Endpoint.Port.ToString()));

    private static string Replica(string ip, int port, string flags) =>
        "*6\r\n" + Bulk("ip") + Bulk(ip) + Bulk("port") + Bulk(port.ToString()) + Bulk("flags") + Bulk(flags);

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    private static RedisTarget Target(params FakeRedis[] sentinels) =>
        new() { Endpoints = [.. sentinels.Select(sentinel => sentinel.Node.Endpoint)], SentinelMaster = "main" };

    private SentinelClient Client(params FakeRedis[] sentinels) => new(Target(sentinels), new RedisConnectionOptions(), _reporter, TimeProvider.System);
}
