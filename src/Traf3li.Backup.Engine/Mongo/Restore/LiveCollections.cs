namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// What was live on the target in each database that a restore writes, as it was when the restore first looked there: at planning, or when
/// the oplog led into a database of which the backup had nothing yet when it began.
/// </summary>
internal sealed class LiveCollections(MongoConnection connection)
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, CollectionDescription>> _databases = new(StringComparer.Ordinal);

    /// <summary>The databases that were looked at, in ordinal order.</summary>
    public IReadOnlyList<string> Databases => [.. _databases.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Everything that was live, in ordinal order of full names.</summary>
    public IEnumerable<CollectionDescription> All => _databases.Values.SelectMany(items => items.Values).OrderBy(item => item.FullName, StringComparer.Ordinal);

    /// <summary>Whether a database was looked at.</summary>
    public bool Knows(string database) => _databases.ContainsKey(database);

    /// <summary>What had this name; null when nothing had.</summary>
    public CollectionDescription? Find(string database, string name) => _databases.GetValueOrDefault(database)?.GetValueOrDefault(name);

    /// <summary>Looks at one more database.</summary>
    /// <returns>How many collections, views and time series it holds.</returns>
    public async Task<int> AddAsync(string database, CancellationToken cancellationToken)
    {
        var items = await new CollectionCatalog(connection).ListAsync(database, withUsersAndRoles: false, cancellationToken).ConfigureAwait(false);
        _databases[database] = items.ToDictionary(item => item.Name, StringComparer.Ordinal);
        return items.Count;
    }
}
