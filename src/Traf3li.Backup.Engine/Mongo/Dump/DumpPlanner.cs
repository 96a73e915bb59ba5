using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>Finds out what a dump has to read.</summary>
internal sealed class DumpPlanner
{
    private readonly MongoConnection _connection;
    private readonly BackupOptions _options;
    private readonly CollectionCatalog _catalog;
    private readonly List<string> _warnings = [];

    /// <summary>Decides what can be decided without looking at the databases.</summary>
    /// <exception cref="ConfigurationInvalidException">The chosen consistency cannot be had from this server.</exception>
    public DumpPlanner(MongoConnection connection, BackupOptions options)
    {
        _connection = connection;
        _options = options;
        _catalog = new CollectionCatalog(connection);
        Consistency = ChooseConsistency();
        Selection = CreateSelection();
        Filter = new NamespaceFilter(Selection.Database, Selection.Collection, Selection.ExcludeCollection);
    }

    /// <summary>Which state of the server the dump will hold.</summary>
    public BackupConsistency Consistency { get; }

    /// <summary>What is chosen.</summary>
    public BackupSelection Selection { get; }

    /// <summary>The choice, to be asked.</summary>
    public NamespaceFilter Filter { get; }

    /// <summary>Lists the chosen namespaces with their metadata.</summary>
    /// <exception cref="ConfigurationInvalidException">Nothing matches.</exception>
    public async Task<DumpPlan> PlanAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<CollectionDescription> listed;
        OplogPosition? snapshot = null;
        if (Consistency == BackupConsistency.Snapshot)
        {
            (listed, snapshot, var isExact) = await new SnapshotListing(_connection, ListAsync).FindAsync(cancellationToken).ConfigureAwait(false);
            if (!isExact)
            {
                _warnings.Add("The collections changed faster than they could be listed, or a majority of the set lags behind: one that was created just before the moment of the snapshot may be missing.");
            }
        }
        else
        {
            listed = await ListAsync(cancellationToken).ConfigureAwait(false);
        }

        var items = await CreateItemsAsync(listed, cancellationToken).ConfigureAwait(false);
        var databases = items.Select(item => item.Description.Database).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (items.Count == 0)
        {
            throw new ConfigurationInvalidException(
                "Database",
                $"nothing on {_connection.Host} matches the chosen databases and collections.",
                "Check -Database, -Collection and the database in the connection string; names are case sensitive.");
        }

        if (!_options.NoUsersAndRoles && _options.DatabaseUsersAndRoles)
        {
            items.AddRange(await PlanDatabaseUsersAsync(databases, cancellationToken).ConfigureAwait(false));
        }

        return new DumpPlan { Filter = Filter, Consistency = Consistency, Selection = Selection, Databases = databases, Items = items, Warnings = _warnings, Snapshot = snapshot };
    }

    private BackupConsistency ChooseConsistency()
    {
        var chosen = _options.Consistency ?? _connection.Topology switch
        {
            ServerTopology.ReplicaSet => BackupConsistency.Oplog,
            ServerTopology.Sharded => BackupConsistency.Snapshot,
            _ => BackupConsistency.None,
        };
        if (chosen == BackupConsistency.Oplog && _connection.Topology != ServerTopology.ReplicaSet)
        {
            throw new ConfigurationInvalidException(
                "Consistency", $"{_connection.Host} has no oplog to capture ({_connection.Topology}).", "Leave -Consistency out, or use Snapshot or None.");
        }

        if (chosen == BackupConsistency.Snapshot && (_connection.Topology == ServerTopology.Standalone || _connection.Version.Major < 5))
        {
            throw new ConfigurationInvalidException(
                "Consistency",
                $"{_connection.Host} ({_connection.Topology}, {_connection.VersionText}) cannot read a snapshot.",
                "Snapshots need a replica set or mongos of version 5.0 or newer; leave -Consistency out, or use None.");
        }

        if (chosen == BackupConsistency.None && _options.Consistency is null)
        {
            _warnings.Add("A standalone server has no oplog: each collection is as it was when it was read, not all at one time.");
        }

        return chosen;
    }

    private BackupSelection CreateSelection()
    {
        var databases = _options.Database.Count == 0 && _options.Collection.Count == 0 && _connection.DefaultDatabase is { } only
            ? [only]
            : _options.Database;
        return new BackupSelection { Database = databases, Collection = _options.Collection, ExcludeCollection = _options.ExcludeCollection };
    }

    private async Task<IReadOnlyList<CollectionDescription>> ListAsync(CancellationToken cancellationToken)
    {
        var chosen = new List<CollectionDescription>();
        foreach (var database in (await _catalog.ListDatabasesAsync(cancellationToken).ConfigureAwait(false)).Where(Filter.MayTakeDatabase))
        {
            var withUsers = database == "admin" && !_options.NoUsersAndRoles && Filter.TakesWholeDatabases;
            var all = await _catalog.ListAsync(database, withUsers, cancellationToken).ConfigureAwait(false);
            chosen.AddRange(all.Where(item => Filter.Takes(database, item.Name)));
        }

        return chosen;
    }

    private async Task<List<DumpItem>> CreateItemsAsync(IReadOnlyList<CollectionDescription> chosen, CancellationToken cancellationToken)
    {
        var items = new List<DumpItem>();
        foreach (var listed in chosen)
        {
            if (await _catalog.WithIndexesAsync(listed, cancellationToken).ConfigureAwait(false) is { } description)
            {
                items.Add(await CreateItemAsync(description, cancellationToken).ConfigureAwait(false));
            }
            else if (!CollectionCatalog.IsTemporary(listed.Name))
            {
                _warnings.Add($"{listed.FullName} was dropped while the backup began and is not in it.");
            }
        }

        return items;
    }

    private async Task<DumpItem> CreateItemAsync(CollectionDescription description, CancellationToken cancellationToken)
    {
        var stored = description.IsTimeSeries ? CollectionCatalog.StorageName(description.Name, _connection.Version) : description.Name;
        var find = description.IsView ? null : new BsonDocument { { "find", stored }, { "hint", new BsonDocument("$natural", 1) } };
        if (find is not null && description.IsTimeSeries && stored == description.Name)
        {
            find["rawData"] = true;
        }

        var (count, size) = description.IsView ? (null, null) : await EstimateAsync(description.Database, stored, cancellationToken).ConfigureAwait(false);
        return new DumpItem
        {
            Description = description,
            ArchiveCollection = description.Name,
            SegmentCollection = stored,
            ReadDatabase = description.Database,
            Find = find,
            MetadataJson = ArchiveMetadata.Write(
                description.Options, [.. description.Indexes.Select(index => new ReadOnlyMemory<byte>(index))], description.Uuid, description.Name, description.Type),
            ArchiveType = description.Type,
            IsCapped = RawBson.TryFind(description.Options, "capped"u8, out var capped) && capped.AsBoolean() == true,
            EstimatedCount = count,
            EstimatedSize = size,
        };
    }

    // mongodump --dumpDbUsersAndRoles puts the users and roles of a database into it as $admin.system.users, .roles and .version.
    private async Task<IReadOnlyList<DumpItem>> PlanDatabaseUsersAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        var items = new List<DumpItem>();
        var present = await _catalog.ListAsync("admin", withUsersAndRoles: true, cancellationToken).ConfigureAwait(false);
        foreach (var database in databases.Where(name => name != "admin"))
        {
            foreach (var name in CollectionCatalog.UserCollections.Where(name => present.Any(item => item.Name == name)))
            {
                var find = new BsonDocument("find", name);
                if (name != "system.version")
                {
                    find["filter"] = new BsonDocument("db", database);
                }

                items.Add(new DumpItem
                {
                    Description = new CollectionDescription { Database = database, Name = $"$admin.{name}", Type = "collection", Options = [5, 0, 0, 0, 0] },
                    ArchiveCollection = $"$admin.{name}",
                    SegmentCollection = $"$admin.{name}",
                    ReadDatabase = "admin",
                    Find = find,
                    MetadataJson = "",
                    ArchiveType = "",
                });
            }
        }

        return items;
    }

    private async Task<(long? Count, long? Size)> EstimateAsync(string database, string collection, CancellationToken cancellationToken)
    {
        try
        {
            var statistics = await _connection.RunAsync(database, new BsonDocument("collStats", collection), cancellationToken).ConfigureAwait(false);
            return (statistics.TryGetValue("count", out var count) ? count.ToInt64() : null, statistics.TryGetValue("size", out var size) ? size.ToInt64() : null);
        }
        catch (BackupException)
        {
            // The right to collStats is not needed for a backup; without it the progress has no total.
            return (null, null);
        }
    }
}
