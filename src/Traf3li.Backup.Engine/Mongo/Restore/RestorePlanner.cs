using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Holds a backup against the target and decides what is created, replaced, merged, dropped and kept.</summary>
internal sealed class RestorePlanner(MongoConnection connection, RestoreOptions options)
{
    private readonly NamespaceFilter _filter = new([], options.Namespace, options.ExcludeNamespace);
    private readonly NamespaceMapper _mapper = new(options.ToDatabase, options.NamespaceMap);
    private readonly List<string> _warnings = [];

    /// <summary>Whether a namespace of the backup is restored.</summary>
    public bool Takes(string database, string collection) => _filter.Takes(database, collection);

    /// <summary>The target's name of a namespace of the backup.</summary>
    public (string Database, string Collection) Map(string database, string collection) => _mapper.Map(database, collection);

    /// <summary>Plans the restore of these namespaces.</summary>
    /// <param name="namespaces">All namespaces of the backup.</param>
    /// <param name="manifest">The backup's manifest; null without one.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="ConfigurationInvalidException">Nothing matches, two namespaces would get one name, or something cannot be merged.</exception>
    public async Task<RestoreLayout> PlanAsync(IReadOnlyList<RestoreNamespace> namespaces, BackupManifest? manifest, CancellationToken cancellationToken)
    {
        if (options.Merge && options.InPlace)
        {
            throw new ConfigurationInvalidException("InPlace", "it drops what is live before it writes, and -Merge keeps it.", "Give one of -InPlace and -Merge.");
        }

        var chosen = namespaces.Where(item => !item.IsUsersAndRoles && Takes(item.Database, item.Collection)).ToArray();
        var users = namespaces.Where(item => item.IsUsersAndRoles).ToArray();
        if (chosen.Length == 0 && !(options.IncludeUsersAndRoles && users.Length > 0))
        {
            throw new ConfigurationInvalidException(
                "Namespace", "nothing in the backup matches.", "List what it holds with Get-Traf3liBackup | ForEach-Object { $_.Manifest.Namespace }; names are case sensitive.");
        }

        var databases = chosen.Select(item => Map(item.Database, item.Collection).Database).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var live = new LiveCollections(connection);
        foreach (var database in databases)
        {
            await live.AddAsync(database, cancellationToken).ConfigureAwait(false);
        }

        var targets = new Dictionary<string, RestoreTarget>(StringComparer.Ordinal);
        foreach (var item in chosen)
        {
            var target = await CreateTargetAsync(item, live, cancellationToken).ConfigureAwait(false);
            if (!target.Source.IsView)
            {
                RequireMergeable(target.FullName, target.Source.Type, target.Live);
            }

            if (!targets.TryAdd(target.FullName, target))
            {
                throw new ConfigurationInvalidException(
                    "NamespaceMap",
                    $"{item.FullName} and {targets[target.FullName].Source.FullName} would both become {target.FullName}.",
                    "Choose one of them with -Namespace, or give them different names with -NamespaceMap.");
            }
        }

        var others = live.All.Where(item => !targets.ContainsKey(item.FullName)).ToArray();
        var whole = FindWholeExtent(manifest);
        var dropped = others.Where(item => IsLacking(item, whole)).Select(item => item.FullName).ToHashSet(StringComparer.Ordinal);
        var actions = targets.Values.Select(DescribeAction).ToList();
        foreach (var item in others)
        {
            var count = item.IsView ? null : await CountAsync(item, cancellationToken).ConfigureAwait(false);
            actions.Add(new RestoreAction(dropped.Contains(item.FullName) ? RestoreActionKind.Drop : RestoreActionKind.Keep, item.FullName, null, null, count));
        }

        WarnOfUnknownExtent(manifest, others);
        return new RestoreLayout
        {
            Targets = [.. targets.Values],
            UsersAndRoles = users,
            Live = live,
            Actions = actions,
            Databases = databases,
            Warnings = _warnings,
        };
    }

    /// <summary>
    /// What was live and is to be gone: what was to be replaced and has no successor, because the captured oplog dropped it, and what a whole
    /// database of the backup had none of.
    /// </summary>
    /// <param name="layout">What was planned.</param>
    /// <param name="restored">The full names of what the restore puts into place.</param>
    public IReadOnlyList<CollectionDescription> FindDrops(RestoreLayout layout, IReadOnlySet<string> restored)
    {
        if (options.Merge)
        {
            return [];
        }

        var whole = FindWholeExtent(options.Backup.Manifest);
        var planned = layout.Targets.Select(target => target.FullName).ToHashSet(StringComparer.Ordinal);
        return [.. layout.Live.All.Where(item => !restored.Contains(item.FullName) && (planned.Contains(item.FullName) || IsLacking(item, whole)))];
    }

    /// <summary>Merging goes by _id, which the measurements of a time series need not have; and what else is live would be replaced, not added to.</summary>
    /// <param name="fullName">The target's name.</param>
    /// <param name="type">What the backup has, in listCollections' words; not a view, which is replaced in any case.</param>
    /// <param name="live">What is live under that name.</param>
    /// <exception cref="ConfigurationInvalidException">It cannot be merged.</exception>
    public void RequireMergeable(string fullName, string type, CollectionDescription? live)
    {
        if (options.Merge && live is not null && (type == "timeseries" || live.Type != "collection"))
        {
            throw new ConfigurationInvalidException(
                "Merge",
                $"{fullName} is a {live.Type} on the target and a {type} in the backup; only a collection can be merged into a collection.",
                "Leave it out with -ExcludeNamespace, or restore it under another name with -NamespaceMap.");
        }
    }

    private async Task<RestoreTarget> CreateTargetAsync(RestoreNamespace item, LiveCollections live, CancellationToken cancellationToken)
    {
        var (database, collection) = Map(item.Database, item.Collection);
        if (connection.Version < TimeSeriesBuckets.CustomSizeVersion
            && item.Options.TryGetValue("timeseries", out var series) && TimeSeriesBuckets.HasCustomSize(series.AsBsonDocument))
        {
            _warnings.Add($"{database}.{collection} has a bucket size of its own, which {connection.VersionText} does not know: it gets the granularity {TimeSeriesBuckets.ForOlderServers(series.AsBsonDocument)["granularity"]}.");
        }

        var existing = live.Find(database, collection);
        return new RestoreTarget
        {
            Source = item,
            Database = database,
            Collection = collection,
            Live = existing,
            LiveCount = existing is null || existing.IsView ? null : await CountAsync(existing, cancellationToken).ConfigureAwait(false),
        };
    }

    // Only a backup that took everything of a database can say that something was not in it, and only of that database: under another name
    // there may be anything beside the restored collections.
    private NamespaceFilter? FindWholeExtent(BackupManifest? manifest) =>
        options.Merge || manifest is null || !_filter.TakesAll || options.ToDatabase is not null || options.NamespaceMap.Count > 0
            ? null
            : new NamespaceFilter(manifest.Selection.Database, manifest.Selection.Collection, manifest.Selection.ExcludeCollection);

    private static bool IsLacking(CollectionDescription item, NamespaceFilter? whole) =>
        item.Database != "admin" && item.Name != "system.js" && whole?.Takes(item.Database, item.Name) == true;

    private void WarnOfUnknownExtent(BackupManifest? manifest, CollectionDescription[] others)
    {
        if (manifest is null && !options.Merge && _filter.TakesAll && others.Length > 0)
        {
            _warnings.Add(
                "This archive does not say whether it holds whole databases, so collections that it lacks are kept: "
                + string.Join(", ", others.Take(5).Select(item => item.FullName)) + (others.Length > 5 ? $" and {others.Length - 5} more." : "."));
        }
    }

    private RestoreAction DescribeAction(RestoreTarget target)
    {
        var kind = target.Live is null ? RestoreActionKind.Create
            : options.Merge && !target.Source.IsView ? RestoreActionKind.Merge
            : RestoreActionKind.Replace;
        return new RestoreAction(kind, target.FullName, target.Source.FullName, target.Source.Recorded?.Count, target.LiveCount);
    }

    private async Task<long?> CountAsync(CollectionDescription item, CancellationToken cancellationToken)
    {
        var reply = await connection.RunAsync(item.Database, new BsonDocument("count", item.Name), cancellationToken).ConfigureAwait(false);
        return reply["n"].ToInt64();
    }
}
