using System.Text;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Tests.Redis.Restore;

public sealed class KeyPatternTests
{
    [Theory]
    [InlineData("user:*", "user:1", true)]
    [InlineData("user:*", "users", false)]
    [InlineData("u?er:[0-9]", "user:7", true)]
    [InlineData("u?er:[^0-9]", "user:7", false)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    public void Match_as_Redis_does(string pattern, string key, bool expected) =>
        Assert.Equal(expected, new KeyPattern(pattern).IsMatch(Encoding.UTF8.GetBytes(key)));

    /// <summary>With backtracking to every star this takes longer than anybody waits.</summary>
    [Fact]
    public void Hostile_patterns_end()
    {
        var pattern = new KeyPattern(string.Concat(Enumerable.Repeat("a*", 200)) + "b");

        Assert.False(pattern.IsMatch(Encoding.ASCII.GetBytes(new string('a', 20_000))));
    }
}
