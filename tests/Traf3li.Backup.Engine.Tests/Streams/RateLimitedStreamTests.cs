using Traf3li.Backup.Engine.Streams;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Streams;

public sealed class RateLimitedStreamTests
{
    [Fact]
    public async Task As_many_bytes_a_second_in_short_pauses()
    {
        var time = new SkippingTime();
        var bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);
        using var limited = new RateLimitedStream(new MemoryStream(bytes), 1000, time);
        using var read = new MemoryStream();
        var buffer = new byte[4096];
        for (var count = await limited.ReadAsync(buffer, CancellationToken.None); count > 0; count = await limited.ReadAsync(buffer, CancellationToken.None))
        {
            Assert.InRange(count, 1, 125);
            read.Write(buffer, 0, count);
        }

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(10), time.Elapsed);
    }
}
