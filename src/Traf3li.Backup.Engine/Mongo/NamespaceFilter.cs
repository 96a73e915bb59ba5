using Traf3li.Backup.Engine.Verification;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>Which namespaces an operation concerns.</summary>
internal sealed class NamespaceFilter
{
    private readonly NamespacePattern[] _databases;
    private readonly NamespacePattern[] _included;
    private readonly NamespacePattern[] _includedDatabases;
    private readonly NamespacePattern[] _excluded;

    /// <summary>Empty lists of databases and inclusions take all, apart from what a restore drill on the same server makes and drops.</summary>
    public NamespaceFilter(IEnumerable<string> databases, IEnumerable<string> included, IEnumerable<string> excluded)
    {
        _databases = databases.Select(text => new NamespacePattern(text)).ToArray();
        _included = included.Select(Qualified).ToArray();
        _includedDatabases = _included.Select(pattern => new NamespacePattern(DatabasePart(pattern.Text))).ToArray();
        _excluded = excluded.Select(Qualified).ToArray();
    }

    /// <summary>Whether everything of every database is concerned.</summary>
    public bool TakesAll => _databases.Length == 0 && _included.Length == 0 && _excluded.Length == 0;

    /// <summary>Whether whole databases are concerned, without a choice of collections.</summary>
    public bool TakesWholeDatabases => _included.Length == 0 && _excluded.Length == 0;

    private bool IsChosen => _databases.Length > 0 || _included.Length > 0;

    /// <summary>Whether a namespace of this database could be concerned.</summary>
    public bool MayTakeDatabase(string database) =>
        (_databases.Length == 0 || _databases.Any(pattern => pattern.IsMatch(database)))
        && (_included.Length == 0 || _includedDatabases.Any(pattern => pattern.IsMatch(database)))
        && (IsChosen || !ScratchNames.IsAnyDrill(database));

    /// <summary>Whether this namespace is concerned.</summary>
    public bool Takes(string database, string collection)
    {
        var name = $"{database}.{collection}";
        return (_databases.Length == 0 || _databases.Any(pattern => pattern.IsMatch(database)))
            && (_included.Length == 0 || _included.Any(pattern => pattern.IsMatch(name)))
            && !_excluded.Any(pattern => pattern.IsMatch(name))
            && (IsChosen || !ScratchNames.IsAnyDrill(database));
    }

    private static string DatabasePart(string pattern)
    {
        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? pattern : pattern[..dot];
    }

    // With one database chosen by its name, a collection may be written without it.
    private NamespacePattern Qualified(string text)
    {
        if (_databases is [{ IsLiteral: true } only] && !text.StartsWith(only.Text + ".", StringComparison.Ordinal))
        {
            return new NamespacePattern($"{only.Text}.{text}");
        }

        return text.Contains('.', StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal)
            ? new NamespacePattern(text)
            : throw new ConfigurationInvalidException(
                "Collection", $"'{text}' names no database.", $"Write it as database.collection, for example 'shop.{text}' or '*.{text}'.");
    }
}
