using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Tests.Redis.Restore;

public class SpillStreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(5_000_000)]
    public void What_was_put_aside_comes_back(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using var spill = new SpillStream();

        // The second round uses the memory and the file of the first.
        for (var round = 0; round < 2; round++)
        {
            spill.Clear();
            for (var start = 0; start < length; start += 70_000)
            {
                spill.Write(bytes.AsSpan(start, Math.Min(70_000, length - start)));
            }

            Assert.Equal(length, spill.Length);
            using var copy = new MemoryStream();
            spill.CopyTo(copy.Write);
            Assert.Equal(bytes, copy.ToArray());
        }
    }
}
