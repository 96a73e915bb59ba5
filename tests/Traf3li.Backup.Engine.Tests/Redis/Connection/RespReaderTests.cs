using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public sealed class RespReaderTests
{
    private const int Largest = 1 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Every_kind_of_reply(int pieces)
    {
        var reader = Reader("+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*2\r\n$1\r\nx\r\n*1\r\n:7\r\n", pieces);
        Assert.Equal((RespKind.Status, "OK"), await NextAsync(reader));
        Assert.Equal((RespKind.Error, "ERR no"), await NextAsync(reader));
        Assert.Equal((RespKind.Integer, "-42"), await NextAsync(reader));
        Assert.Equal((RespKind.Bulk, "a\r\nbc"), await NextAsync(reader));
        Assert.Equal((RespKind.Bulk, ""), await NextAsync(reader));
        Assert.Equal((RespKind.Null, ""), await NextAsync(reader));
        Assert.Equal((RespKind.Null, ""), await NextAsync(reader));
        var array = await reader.ReadValueAsync(Largest, CancellationToken.None);
        Assert.Equal("x", array.Items[0].Text);
        Assert.Equal(7, array.Items[1].Items[0].Integer);
    }

    [Theory]
    [InlineData("$9223372036854775807\r\nx", "claims")]
    [InlineData("$2000000\r\nx", "claims")]
    [InlineData("$-x\r\n", "protocol")]
    [InlineData("$3\r\nabcde", "protocol")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "protocol")]
    [InlineData("\r\n", "protocol")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "protocol")]
    [InlineData("*9223372036854775807\r\n:1\r\n", "closed")]
    [InlineData("$5\r\nabc", "closed")]
    [InlineData("+OK", "closed")]
    [InlineData("", "closed")]
    public async Task What_a_hostile_peer_sends(string text, string reason)
    {
        var error = await Assert.ThrowsAsync<RespException>(async () => await Reader(text, 1000).ReadValueAsync(Largest, CancellationToken.None));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+", "a", "line")]
    [InlineData("*9223372036854775807\r\n", ":1\r\n", "larger")]
    [InlineData("*9223372036854775807\r\n", "*0\r\n", "larger")]
    public async Task What_never_ends(string beginning, string repeated, string reason)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new RespReader(new PieceStream(Endless(beginning, repeated)), 16 << 10);
        var error = await Assert.ThrowsAsync<RespException>(async () => await reader.ReadValueAsync(Largest, CancellationToken.None));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }

    private static RespReader Reader(string text, int pieces) =>
        new(new PieceStream(Encoding.UTF8.GetBytes(text).Chunk(pieces)), 16 << 10);

    private static IEnumerable<byte[]> Endless(string beginning, string repeated)
    {
        yield return Encoding.UTF8.GetBytes(beginning);
        while (true)
        {
            yield return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, 100)));
        }
    }

    private static async Task<(RespKind Kind, string Text)> NextAsync(RespReader reader)
    {
        var value = await reader.ReadValueAsync(Largest, CancellationToken.None);
        return (value.Kind, value.Text);
    }
}
