using System.Text;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Patterns of keys against what a server's own KEYS says.</summary>
public sealed class KeyPatternTests
{
    private const int RandomPatterns = 3000;

    private static readonly string[] Keys =
    [
        "", "a", "b", "ab", "abc", "aab", "abab", "a*b", "a?b", "a[b", "a]b", "[", "]", "^", "-", "\\", "a\\b", "a-b", "a^b", "ba", "bb", "aaaa", "user:1", "user:12",
        "user:1:name", "\u00ff\u0000", "\u00e4", "a\nb", "[ab]", "**", "z", "A",
    ];

    private static readonly string[] Patterns =
    [
        "*", "**", "", "?", "a*", "*a", "*a*", "a?b", "a\\*b", "a\\?b", "[ab]", "[^a]", "[^ab]*", "[a-b]*", "[b-a]*", "[a-", "[a", "[", "[]", "[]a]", "[^]", "[^", "[\\]]", "[\\", "\\", "a\\",
        "a[", "a[b", "a[[]b", "a]b", "[a-]", "[-a]", "[a\\-b]", "user:[0-9]*", "user:*:*", "*:*:name", "*?*", "?*?", "***a***", "[a-]x]", "[^-]", "\u00ff*", "[\u00e0-\u00ff]", "*\\", "[a-b-z]",
    ];

    [Fact]
    public async Task Match_what_the_server_matches()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        foreach (var key in Keys)
        {
            client.Run("SET", key, "1");
        }

        const string letters = "ab*?[]^-\\:u1";
        var random = new Random(11);
        var made = Enumerable.Range(0, RandomPatterns).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => letters[random.Next(letters.Length)])]));
        foreach (var text in Patterns.Concat(made))
        {
            var pattern = new KeyPattern(Encoding.Latin1.GetBytes(text));
            var expected = client.RunList("KEYS", text).Order(StringComparer.Ordinal);
            var actual = Keys.Where(key => pattern.IsMatch(Encoding.Latin1.GetBytes(key))).Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(actual), $"{text}: the server has {string.Join(' ', expected)}, and here are {string.Join(' ', actual)}");
        }
    }
}
