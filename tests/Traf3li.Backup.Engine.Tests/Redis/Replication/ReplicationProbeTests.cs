using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;

namespace Traf3li.Backup.Engine.Tests.Redis.Replication;

/// <summary>The ways in which servers and services refuse replication, and INFO.</summary>
public sealed class ReplicationProbeTests : IAsyncDisposable
{
    private readonly FakeRedis _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("-ERR unknown command 'PSYNC', with args beginning with: '?' 'none'")]
    [InlineData("-ERR unknown command `psync`, with args beginning with: ")]
    [InlineData("-ERR command 'PSYNC' is not allowed")]
    [InlineData("-ERR This command is disabled by the service")]
    [InlineData("-ERR PSYNC is not supported in this mode")]
    public async Task A_service_that_refuses_both_commands(string refusal)
    {
        _server.Answer("PSYNC", refusal + "\r\n");
        _server.Answer("SYNC", refusal + "\r\n");
        var error = await Assert.ThrowsAsync<ReplicationRefusedException>(AskAsync);
        Assert.True(ReplicationProbe.IsRefusal(error));
    }

    [Theory]
    [InlineData("PSYNC")]
    [InlineData("REPLCONF")]
    public async Task A_user_who_lacks_the_right(string command)
    {
        _server.Answer("PSYNC", "-ERR value is not an integer or out of range\r\n");
        _server.Answer(command, $"-NOPERM this user has no permissions to run the '{command}' command\r\n");
        var error = await Assert.ThrowsAsync<NotAuthorizedException>(AskAsync);
        Assert.True(ReplicationProbe.IsRefusal(error));
        Assert.False(ReplicationProbe.IsRefusal(new NotAuthorizedException("INFO", "localhost", "no")));
    }

    [Fact]
    public async Task A_server_that_would_and_ones_of_which_it_cannot_be_told()
    {
        _server.Answer("PSYNC", "-ERR value is not an integer or out of range\r\n");
        Assert.True(await AskAsync());
        _server.Answer("PSYNC", "-ERR unknown command 'PSYNC'\r\n");
        _server.Answer("SYNC", "-ERR wrong number of arguments for 'sync' command\r\n");
        Assert.False(await AskAsync());
        _server.AnswerInfo("redis_version:6.2.7\r\n");
        Assert.False(await AskAsync());
        Assert.Equal(2, _server.Commands.Count(command => command.StartsWith("PSYNC", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_INFO_what_HELLO_says_stands_in()
    {
        _server.Answer("INFO", "-ERR unknown command 'INFO'\r\n");
        _server.Answer("HELLO", "*10\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$7\r\nversion\r\n$5\r\n9.0.1\r\n$4\r\nmode\r\n$7\r\ncluster\r\n$4\r\nrole\r\n$7\r\nreplica\r\n$7\r\nmodules\r\n*0\r\n");
        var facts = await ReadFactsAsync();
        Assert.Equal(("valkey", "9.0.1", 9, "cluster", true), (facts.Kind, facts.Version, facts.MajorVersion, facts.Mode, facts.IsReplica));
        Assert.Null(facts.IsLinkUp);
        Assert.Contains(RedisPreflight.WarningsOfScan(facts), warning => warning.Contains("refuses INFO", StringComparison.Ordinal));

        _server.Answer("HELLO", "-ERR unknown command 'HELLO'\r\n");
        facts = await ReadFactsAsync();
        Assert.Equal(("redis", "unknown", true), (facts.Kind, facts.Version, facts.IsInfoRefused));

        _server.Answer("INFO", "-NOPERM this user has no permissions to run the 'info' command\r\n");
        Assert.Contains("+info", (await Assert.ThrowsAsync<NotAuthorizedException>(ReadFactsAsync)).Recommendation, StringComparison.Ordinal);
    }

    private async Task<bool> AskAsync()
    {
        await using var connection = await RedisConnection.OpenAsync(_server.Node, new RedisConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await ReplicationProbe.AskAsync(connection, await RedisServerFacts.ReadAsync(connection, CancellationToken.None), CancellationToken.None);
    }

    private async Task<RedisServerFacts> ReadFactsAsync()
    {
        await using var connection = await RedisConnection.OpenAsync(_server.Node, new RedisConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await RedisServerFacts.ReadAsync(connection, CancellationToken.None);
    }
}
