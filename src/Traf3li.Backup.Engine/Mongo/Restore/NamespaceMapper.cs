using System.Text;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Gives the namespaces of a backup the names that they get on the target.</summary>
internal sealed class NamespaceMapper
{
    private readonly string? _toDatabase;
    private readonly (NamespacePattern From, string To)[] _map;

    public NamespaceMapper(string? toDatabase, IReadOnlyList<KeyValuePair<string, string>> map)
    {
        _toDatabase = toDatabase;
        _map = map.Select(pair => (new NamespacePattern(pair.Key), pair.Value)).ToArray();
        foreach (var (from, to) in _map)
        {
            if (!to.Contains('.', StringComparison.Ordinal) || to.Count(IsWildcard) > from.Text.Count(IsWildcard))
            {
                throw new ConfigurationInvalidException(
                    "NamespaceMap",
                    $"'{from.Text}' cannot become '{to}'.",
                    "Write both as database.collection; each * of the new name takes over what a * of the old one stood for: 'shop.*' = 'copy.*'.");
            }
        }
    }

    /// <summary>The target's name of a namespace of the backup.</summary>
    public (string Database, string Collection) Map(string database, string collection)
    {
        foreach (var (from, to) in _map)
        {
            if (from.Match($"{database}.{collection}") is { } parts)
            {
                var name = Fill(to, parts);
                var dot = name.IndexOf('.', StringComparison.Ordinal);
                return (name[..dot], name[(dot + 1)..]);
            }
        }

        return (_toDatabase ?? database, collection);
    }

    private static bool IsWildcard(char character) => character is '*' or '?';

    private static string Fill(string pattern, IReadOnlyList<string> parts)
    {
        var name = new StringBuilder();
        var next = 0;
        foreach (var character in pattern)
        {
            _ = IsWildcard(character) ? name.Append(parts[next++]) : name.Append(character);
        }

        return name.ToString();
    }
}
