using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public sealed class ClusterSlotsTests
{
    private static readonly RedisEndpoint Asked = RedisEndpoint.Tcp("asked", 1);

    [Fact]
    public void Ranges_are_gathered_by_primary()
    {
        var owners = ClusterSlots.Parse(
            Reply((0, 99, "a", 7000, []), (200, 16383, "b", 7001, [("c", 7002), ("d", 7003)]), (100, 199, "a", 7000, [])), Asked);
        Assert.Equal(["a:7000", "b:7001"], owners.Select(owner => owner.Primary.ToString()));
        Assert.Equal("0-99,100-199", string.Join(",", owners[0].Slots));
        Assert.Equal(["c:7002", "d:7003"], owners[1].Replicas.Select(replica => replica.ToString()));
    }

    [Fact]
    public void A_node_without_an_address_is_where_it_was_reached() =>
        Assert.Equal("asked:7000", Assert.Single(ClusterSlots.Parse(Reply((0, 16383, "", 7000, [])), Asked)).Primary.ToString());

    [Fact]
    public void Slots_that_nobody_holds_are_named()
    {
        var error = Assert.Throws<ServerUnsupportedException>(
            () => ClusterSlots.Parse(Reply((1, 99, "a", 7000, []), (101, 16000, "b", 7001, [])), Asked));
        Assert.Contains("slots 0, 100, 16001-16383,", error.Message, StringComparison.Ordinal);
        Assert.Contains("0-16383", Assert.Throws<ServerUnsupportedException>(() => ClusterSlots.Parse(Reply(), Asked)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 16383, 7000)]
    [InlineData(0, 16384, 7000)]
    [InlineData(9, 8, 7000)]
    [InlineData(0, long.MaxValue, 7000)]
    [InlineData(0, 16383, 0)]
    [InlineData(0, 16383, 70000)]
    public void Nonsense_is_refused(long first, long last, long port) =>
        Assert.Throws<ServerFailedException>(() => ClusterSlots.Parse(Reply((first, last, "a", port, [])), Asked));

    [Fact]
    public void No_cluster_at_all() =>
        Assert.Throws<ServerFailedException>(() => ClusterSlots.Parse(RespValue.OfArray([RespValue.OfArray([])]), Asked));

    private static RespValue Reply(params (long First, long Last, string Host, long Port, (string Host, long Port)[] Replicas)[] ranges) =>
        RespValue.OfArray([.. ranges.Select(range => RespValue.OfArray(
        [
            RespValue.OfInteger(range.First), RespValue.OfInteger(range.Last), Node(range.Host, range.Port),
            .. range.Replicas.Select(replica => Node(replica.Host, replica.Port)),
        ]))]);

    private static RespValue Node(string host, long port) =>
        RespValue.OfArray([RespValue.OfBulk(System.Text.Encoding.UTF8.GetBytes(host)), RespValue.OfInteger(port), RespValue.OfBulk("id"u8.ToArray())]);
}
