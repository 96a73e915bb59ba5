using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

public class KeySlotTests
{
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("", 0)]
    [InlineData("foo", 12182)]
    [InlineData("user{foo}:1", 12182)]
    [InlineData("{foo}{bar}", 12182)]
    public void Known_slots(string key, int slot) => Assert.Equal(slot, KeySlot.Of(System.Text.Encoding.ASCII.GetBytes(key)));

    [Theory]
    [InlineData("foo{}{bar}")]
    [InlineData("foo{bar")]
    [InlineData("foo}bar{")]
    public void Where_there_is_no_tag_the_whole_key_counts(string key)
    {
        var whole = System.Text.Encoding.ASCII.GetBytes(key);
        Assert.NotEqual(KeySlot.Of("bar"u8), KeySlot.Of(whole));
        Assert.NotEqual(KeySlot.Of(""u8), KeySlot.Of(whole));
    }
}
