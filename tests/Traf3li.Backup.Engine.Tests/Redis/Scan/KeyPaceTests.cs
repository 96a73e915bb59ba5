using Traf3li.Backup.Engine.Redis.Scan;

namespace Traf3li.Backup.Engine.Tests.Redis.Scan;

public sealed class KeyPaceTests
{
    [Fact]
    public void Small_values_are_asked_for_by_the_thousand_and_large_ones_singly()
    {
        var pace = new KeyPace();
        Assert.Equal(64, pace.Keys);
        for (var group = 0; group < 20; group++)
        {
            pace.Add(32, 32 * 100, 100);
        }

        Assert.Equal(KeyPace.MostKeys, pace.Keys);
        pace.Add(32, 320 << 20, 10 << 20);
        Assert.Equal(1, pace.Keys);
        for (var group = 0; group < 200; group++)
        {
            pace.Add(1, 100, 100);
        }

        Assert.Equal(KeyPace.MostKeys, pace.Keys);
    }

    [Fact]
    public void One_large_value_among_many_small_ones_holds_the_pace_back()
    {
        var pace = new KeyPace();
        for (var group = 0; group < 20; group++)
        {
            pace.Add(32, (31 * 100) + (1 << 20), 1 << 20);
        }

        Assert.InRange(pace.Keys, 16, 128);
    }
}
