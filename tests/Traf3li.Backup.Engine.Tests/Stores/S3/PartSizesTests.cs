using Traf3li.Backup.Engine.Stores.S3;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

public sealed class PartSizesTests
{
    [Fact]
    public void All_parts_together_hold_the_largest_object_of_s3()
    {
        var total = Enumerable.Range(1, PartSizes.MostParts).Sum(PartSizes.Of);

        Assert.True(total >= 5L << 40);
        Assert.All(Enumerable.Range(1, PartSizes.MostParts), number =>
        {
            var size = PartSizes.Of(number);
            Assert.InRange(size, 5L << 20, Array.MaxLength);
            Assert.Equal(0, size % ChunkPool.ChunkSize);
            Assert.True(size >= PartSizes.Of(Math.Max(1, number - 1)));
        });
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1000, 8)]
    [InlineData(1001, 16)]
    [InlineData(5001, 256)]
    [InlineData(10_000, 1664)]
    public void Every_thousand_parts_double(int number, long mebibytes) => Assert.Equal(mebibytes << 20, PartSizes.Of(number));
}
