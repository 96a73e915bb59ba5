using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Tests.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Replication;

public sealed class MarkedEndTests
{
    private static readonly byte[] Marker = "0123456789abcdef0123456789abcdef01234567"u8.ToArray();

    // Looks like the marker again and again, and ends like its beginning.
    private static readonly byte[] Content = [.. Marker[..39], .. Marker[..20], .. "REDIS0011"u8, .. Marker[1..], .. Marker[..39]];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task The_marker_split_at_every_place(int destination)
    {
        byte[] all = [.. Content, .. Marker, .. "behind it"u8];
        for (var cut = 0; cut <= all.Length; cut++)
        {
            Assert.Equal(Content, await ReadAsync([all[..cut], all[cut..]], destination));
        }
    }

    [Fact]
    public async Task Every_byte_alone() =>
        Assert.Equal(Content, await ReadAsync([.. Content.Concat(Marker).Select(one => new[] { one })], 4096));

    [Fact]
    public async Task Nothing_before_the_marker() => Assert.Empty((await ReadAsync([Marker], 10))!);

    [Fact]
    public async Task More_than_the_buffer_holds()
    {
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        Assert.Equal(content, await ReadAsync([.. content.Concat(Marker).Chunk(6_000)], 9_999));
    }

    [Fact]
    public async Task A_stream_that_ends_before()
    {
        Assert.Null(await ReadAsync([Content, Marker[..39]], 4096));
        Assert.Null(await ReadAsync([], 4096));
    }

    // Null when the stream ends without the marker.
    private static async Task<byte[]?> ReadAsync(byte[][] pieces, int destination)
    {
        var reader = new RespReader(new PieceStream(pieces), 16 << 10);
        var end = new MarkedEnd(reader, Marker);
        var read = new MemoryStream();
        var buffer = new byte[destination];
        while (true)
        {
            switch (end.Take(buffer))
            {
                case 0:
                    Assert.Equal(0, end.Take(buffer));
                    return read.ToArray();
                case { } count:
                    read.Write(buffer.AsSpan(0, count));
                    break;
                default:
                    if (await reader.FillAsync(CancellationToken.None) == 0)
                    {
                        return null;
                    }

                    break;
            }
        }
    }
}
