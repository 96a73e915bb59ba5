using System.Text.RegularExpressions;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>
/// A wildcard pattern over database or namespace names: <c>*</c> any characters, <c>?</c> one character, all else itself. Names are case
/// sensitive, as they are on the server. A backtick before <c>*</c> or <c>?</c> takes it literally, as in PowerShell.
/// </summary>
internal sealed class NamespacePattern
{
    // Matching is linear for patterns of this form when no backtracking is allowed.
    private readonly Regex _regex;

    public NamespacePattern(string pattern)
    {
        Text = pattern;
        var expression = new System.Text.StringBuilder("^");
        for (var index = 0; index < pattern.Length; index++)
        {
            expression.Append(pattern[index] switch
            {
                '`' when index + 1 < pattern.Length => Regex.Escape(pattern[++index].ToString()),
                '*' => "(.*)",
                '?' => "(.)",
                var character => Regex.Escape(character.ToString()),
            });
        }

        _regex = new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <summary>Whether it stands for one name only.</summary>
    public bool IsLiteral => Text.IndexOfAny(['*', '?', '`']) < 0;

    /// <summary>A pattern that stands for this name only.</summary>
    public static string Escape(string name) =>
        name.Replace("`", "``", StringComparison.Ordinal).Replace("*", "`*", StringComparison.Ordinal).Replace("?", "`?", StringComparison.Ordinal);

    public bool IsMatch(string name) => _regex.IsMatch(name);

    /// <summary>The text that each wildcard stood for; null when the name does not match.</summary>
    public IReadOnlyList<string>? Match(string name)
    {
        var match = _regex.Match(name);
        return match.Success ? match.Groups.Cast<Group>().Skip(1).Select(group => group.Value).ToArray() : null;
    }
}
