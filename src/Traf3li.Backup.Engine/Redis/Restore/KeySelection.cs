namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Which keys a restore is about.</summary>
internal sealed class KeySelection
{
    private readonly KeyPattern[] _patterns;
    private readonly HashSet<int> _databases;

    /// <summary>Chooses.</summary>
    /// <param name="patterns">Patterns, one of which a key has to match; empty takes all.</param>
    /// <param name="databases">Numbers of databases; empty takes all.</param>
    public KeySelection(IReadOnlyList<string> patterns, IReadOnlyList<int> databases)
    {
        _patterns = [.. patterns.Select(pattern => new KeyPattern(pattern))];
        _databases = [.. databases];
    }

    /// <summary>Whether it takes everything there is.</summary>
    public bool TakesAll => _patterns.Length == 0 && _databases.Count == 0;

    /// <summary>Whether it takes all keys of the databases that it takes.</summary>
    public bool TakesWholeDatabases => _patterns.Length == 0;

    /// <summary>Whether it takes keys of a database.</summary>
    public bool Takes(int database) => _databases.Count == 0 || _databases.Contains(database);

    /// <summary>Whether it takes a key. The marker of an unfinished restore belongs to the server and never to a backup.</summary>
    public bool Takes(int database, ReadOnlySpan<byte> key)
    {
        if (!Takes(database) || RestoreMarker.IsMarker(key))
        {
            return false;
        }

        if (_patterns.Length == 0)
        {
            return true;
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(key))
            {
                return true;
            }
        }

        return false;
    }
}
