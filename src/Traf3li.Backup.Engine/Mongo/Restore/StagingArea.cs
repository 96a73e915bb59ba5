using System.Collections.Concurrent;
using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// The collections and views of a restore while they are being built, found by the names that they have in the backup. The oplog creates,
/// drops and renames here, before anything is live.
/// </summary>
/// <param name="connection">The target.</param>
/// <param name="planner">Knows which names are taken, and their names on the target.</param>
/// <param name="live">What is live there.</param>
/// <param name="prefix">How names of staged collections begin.</param>
/// <param name="inPlace">Whether the target's own names are used, and what is live is dropped first.</param>
/// <param name="noIndex">Whether no index is built.</param>
internal sealed class StagingArea(MongoConnection connection, RestorePlanner planner, LiveCollections live, string prefix, bool inPlace, bool noIndex)
{
    private readonly ConcurrentDictionary<(string Database, string Collection), StagedCollection> _collections = new();
    private readonly ConcurrentDictionary<(string Database, string Collection), BsonDocument> _views = new();
    private int _next;

    /// <summary>Told of a database that the plan did not know, before anything is written there.</summary>
    public Func<string, CancellationToken, Task>? OnDatabaseAsync { get; init; }

    /// <summary>Every collection that is still wanted.</summary>
    public IEnumerable<StagedCollection> Collections => _collections.Values;

    /// <summary>Every view, by its name in the backup.</summary>
    public IReadOnlyDictionary<(string Database, string Collection), BsonDocument> Views => _views;

    /// <summary>
    /// Whether this namespace of the backup is restored, or may become one that is. The server's own collections never are: the definitions
    /// of views (<c>system.views</c>) become views.
    /// </summary>
    public bool Takes(string database, string collection) =>
        CollectionCatalog.IsTemporary(collection) || (CollectionCatalog.IsUserData(database, collection) && planner.Takes(database, collection));

    /// <summary>The collection; null when there is none (any more). The buckets of a time series stand for it.</summary>
    public StagedCollection? Find(string database, string collection) => _collections.GetValueOrDefault((database, CollectionCatalog.LogicalName(collection)));

    /// <summary>Begins a namespace of the backup's prelude.</summary>
    public async Task AddAsync(RestoreTarget target, CancellationToken cancellationToken)
    {
        var source = target.Source;
        if (source.IsView)
        {
            await SetViewAsync(source.Database, source.Collection, source.Options, cancellationToken).ConfigureAwait(false);
            return;
        }

        await CreateAsync(source.Database, source.Collection, source.Options, source.Indexes, source, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a collection that the oplog creates.</summary>
    public Task CreateAsync(string database, string collection, BsonDocument options, CancellationToken cancellationToken) =>
        Find(database, collection) is not null
            ? Task.CompletedTask
            : CreateAsync(database, CollectionCatalog.LogicalName(collection), options, [], source: null, cancellationToken);

    /// <summary>Sets or replaces a view's definition.</summary>
    public async Task SetViewAsync(string database, string name, BsonDocument options, CancellationToken cancellationToken)
    {
        await EnterAsync(planner.Map(database, name).Database, cancellationToken).ConfigureAwait(false);
        _views[(database, name)] = options;
    }

    /// <summary>Removes a view's definition.</summary>
    public void RemoveView(string database, string name) => _views.TryRemove((database, name), out _);

    /// <summary>Removes the definitions of all views of a database.</summary>
    public void RemoveViews(string database)
    {
        foreach (var key in _views.Keys.Where(key => key.Database == database).ToArray())
        {
            _views.TryRemove(key, out _);
        }
    }

    /// <summary>Drops a collection or a view.</summary>
    public async Task DropAsync(string database, string collection, CancellationToken cancellationToken)
    {
        var name = CollectionCatalog.LogicalName(collection);
        _views.TryRemove((database, name), out _);
        if (_collections.TryRemove((database, name), out var dropped))
        {
            await CollectionCreator.DropAsync(connection, dropped.Database, dropped.StagingName, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops all of a database.</summary>
    public async Task DropDatabaseAsync(string database, CancellationToken cancellationToken)
    {
        foreach (var (_, collection) in _collections.Keys.Concat(_views.Keys).Where(key => key.Database == database).ToArray())
        {
            await DropAsync(database, collection, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Drops what the server itself would drop at its next start: collections that an aggregation or a conversion was filling when the backup
    /// ended.
    /// </summary>
    public async Task DropTemporaryAsync(CancellationToken cancellationToken)
    {
        var unfinished = _collections.Where(item => item.Key.Collection.StartsWith("tmp", StringComparison.Ordinal) && item.Value.Options.GetValue("temp", false).ToBoolean());
        foreach (var (database, collection) in unfinished.Select(item => item.Key).ToArray())
        {
            await DropAsync(database, collection, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Renames; the indexes go along.</summary>
    public async Task RenameAsync(
        (string Database, string Collection) from, (string Database, string Collection) to, bool dropsTarget, CancellationToken cancellationToken)
    {
        if (Takes(to.Database, to.Collection) && !_collections.ContainsKey(from))
        {
            throw new OplogGapException(
                $"{to.Database}.{to.Collection} took the place of {from.Database}.{from.Collection} while the backup ran, which is not among what is restored; choose it too.");
        }

        // What was read under the new name after the rename is here already; the entries that follow bring it again.
        if (dropsTarget || _collections.ContainsKey(from))
        {
            await DropAsync(to.Database, to.Collection, cancellationToken).ConfigureAwait(false);
        }

        if (!_collections.TryRemove(from, out var staged))
        {
            return;
        }

        var (database, collection) = planner.Map(to.Database, to.Collection);
        if (!Takes(to.Database, to.Collection))
        {
            await CollectionCreator.DropAsync(connection, staged.Database, staged.StagingName, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (database != staged.Database || inPlace)
        {
            var target = inPlace ? collection : NextName();
            var command = new BsonDocument { { "renameCollection", $"{staged.Database}.{staged.StagingName}" }, { "to", $"{database}.{target}" }, { "dropTarget", true } };
            await connection.RunAsync("admin", command, cancellationToken).ConfigureAwait(false);
            staged = Copy(staged, database, target, collection);
        }

        // What was being filled has its final name.
        staged.Options.Remove("temp");
        staged.TargetName = collection;
        staged.Live = FindLive(database, collection, staged.IsTimeSeries);
        _collections[to] = staged;
    }

    /// <summary>
    /// Makes an empty time series of these options and indexes and drops it again, so that a server that refuses them does so before
    /// anything live is touched. Indexes that it refuses are left out and returned.
    /// </summary>
    public async Task<IReadOnlyList<string>> RehearseTimeSeriesAsync(StagedCollection item, IndexBuilder builder, CancellationToken cancellationToken)
    {
        var name = NextName();
        await CollectionCreator.CreateAsync(connection, item.Database, name, item.Options, cancellationToken).ConfigureAwait(false);
        var refused = new List<string>();
        foreach (var index in item.Indexes.ToArray())
        {
            var refusal = await builder.BuildAsync(item.Database, name, item.TargetName, [index], cancellationToken).ConfigureAwait(false);
            if (refusal.Count > 0)
            {
                refused.AddRange(refusal);
                item.Indexes.Remove(index);
            }
        }

        await CollectionCreator.DropAsync(connection, item.Database, name, cancellationToken).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Makes each view under a staging name and drops it again, for the same reason.</summary>
    public async Task RehearseViewsAsync(CancellationToken cancellationToken)
    {
        foreach (var ((database, collection), options) in _views)
        {
            var name = NextName();
            var (targetDatabase, _) = planner.Map(database, collection);
            await CollectionCreator.CreateAsync(connection, targetDatabase, name, options, cancellationToken).ConfigureAwait(false);
            await CollectionCreator.DropAsync(connection, targetDatabase, name, cancellationToken).ConfigureAwait(false);
        }
    }

    private static StagedCollection Copy(StagedCollection staged, string database, string stagingName, string targetName) => new()
    {
        Database = database,
        StagingName = stagingName,
        TargetName = targetName,
        Source = staged.Source,
        Live = staged.Live,
        Options = staged.Options,
        Indexes = staged.Indexes,
    };

    private async Task CreateAsync(
        string database,
        string collection,
        BsonDocument options,
        IReadOnlyList<BsonDocument> indexes,
        RestoreNamespace? source,
        CancellationToken cancellationToken)
    {
        var (targetDatabase, targetCollection) = planner.Map(database, collection);
        await EnterAsync(targetDatabase, cancellationToken).ConfigureAwait(false);
        var isCopied = options.Contains("timeseries") || targetCollection == "system.js";
        var staged = new StagedCollection
        {
            Database = targetDatabase,
            StagingName = inPlace && !isCopied ? targetCollection : NextName(),
            TargetName = targetCollection,
            Source = source,
            Live = FindLive(targetDatabase, targetCollection, options.Contains("timeseries")),
            Options = options,
            Indexes = noIndex ? [] : IndexBuilder.Prepare($"{targetDatabase}.{targetCollection}", indexes, options, connection.Host),
        };
        if (staged.IsInPlace)
        {
            await CollectionCreator.DropAsync(connection, targetDatabase, targetCollection, cancellationToken).ConfigureAwait(false);
        }

        await CollectionCreator.CreateAsync(connection, targetDatabase, staged.StagingName, isCopied ? [] : options, cancellationToken).ConfigureAwait(false);
        _collections[(database, collection)] = staged;
    }

    private Task EnterAsync(string database, CancellationToken cancellationToken) =>
        live.Knows(database) || OnDatabaseAsync is null ? Task.CompletedTask : OnDatabaseAsync(database, cancellationToken);

    private CollectionDescription? FindLive(string database, string collection, bool isTimeSeries)
    {
        var found = live.Find(database, collection);
        planner.RequireMergeable($"{database}.{collection}", isTimeSeries ? "timeseries" : "collection", found);
        return found;
    }

    private string NextName() => $"{prefix}{Interlocked.Increment(ref _next)}";
}
