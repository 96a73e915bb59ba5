using System.Text;
using Traf3li.Backup.Engine.Redis.Scan;

namespace Traf3li.Backup.Engine.Tests.Redis.Scan;

public sealed class SeenKeysTests
{
    [Fact]
    public void A_key_is_new_once()
    {
        var seen = new SeenKeys();
        seen.Begin(0, 1);
        for (var round = 0; round < 2; round++)
        {
            for (var number = 0; number < 100_000; number++)
            {
                Assert.Equal(round == 0, seen.TryAdd(Encoding.ASCII.GetBytes($"key:{number}")));
            }
        }

        Assert.Equal(100_000, seen.Count);
        Assert.True(seen.TryAdd([]));
        Assert.True(seen.TryAdd(new byte[100_000]));
        Assert.False(seen.TryAdd(new byte[100_000]));
        Assert.True(seen.TryAdd(new byte[100_001]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Each_key_is_taken_in_one_pass_and_passes_are_of_a_size(int passes)
    {
        var seen = new SeenKeys(10_000);
        var taken = new int[10_000];
        for (var pass = 0; pass < passes; pass++)
        {
            seen.Begin(pass, passes);
            for (var number = 0; number < taken.Length; number++)
            {
                taken[number] += seen.TryAdd(BitConverter.GetBytes(number)) is null ? 0 : 1;
            }

            Assert.InRange(seen.Count, (taken.Length / passes) - 500, (taken.Length / passes) + 500);
        }

        Assert.All(taken, count => Assert.Equal(1, count));
    }

    [Fact]
    public void There_are_as_many_passes_as_needed_and_more_than_double_is_too_much()
    {
        var seen = new SeenKeys(100);
        Assert.Equal([1, 1, 1, 2, 10], new long[] { 0, 1, 100, 101, 1000 }.Select(seen.PassesFor));
        seen.Begin(0, 1);
        for (var number = 0; number < 200; number++)
        {
            seen.TryAdd(BitConverter.GetBytes(number));
        }

        Assert.False(seen.IsFull);
        seen.TryAdd("one more"u8);
        Assert.True(seen.IsFull);
    }
}
