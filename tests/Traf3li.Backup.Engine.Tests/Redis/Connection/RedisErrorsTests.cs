using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public class RedisErrorsTests
{
    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "maxmemory")]
    [InlineData("READONLY You can't write against a read only replica.", "primary")]
    [InlineData("BUSY Redis is busy running a script.", "SCRIPT KILL")]
    [InlineData("MOVED 12182 127.0.0.1:7002", "resharding")]
    [InlineData("ASK 12182 127.0.0.1:7002", "resharding")]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", "resharding")]
    [InlineData("CLUSTERDOWN Hash slot not served", "CLUSTER INFO")]
    [InlineData("LOADING Redis is loading the dataset in memory", "loading:0")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots", "rdb_last_bgsave_status")]
    public void What_a_server_says_of_its_state_comes_with_what_to_do(string error, string expected)
    {
        var node = new RedisNode { Endpoint = RedisEndpoint.Tcp("localhost", 6379) };
        var translated = Assert.IsType<ServerFailedException>(RedisErrors.Translate(error, node, "RESTORE"));
        Assert.Contains("RESTORE on localhost:6379", translated.Message, StringComparison.Ordinal);
        Assert.Contains(expected, translated.Recommendation, StringComparison.Ordinal);
    }
}
