namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Finds out, before a restore touches anything, whether this user may do all that it would do. Staged collections have names that nobody
/// can have been granted beforehand, so what is done to them is needed on the whole database.
/// </summary>
internal static class WriteRights
{
    private const string EveryCollection = "";
    private const int MostNamed = 5;

    private static readonly string[] Staging = ["createCollection", "insert", "bypassDocumentValidation", "find", "dropCollection"];

    /// <summary>Compares what the layout needs with what the server says is granted. Writes nothing.</summary>
    /// <exception cref="NotAuthorizedException">Something is not granted; it names every action and where it is missing.</exception>
    public static async Task RequireAsync(MongoConnection connection, RestoreLayout layout, RestoreOptions options, CancellationToken cancellationToken)
    {
        if (await Privileges.ReadAsync(connection, cancellationToken).ConfigureAwait(false) is { } privileges)
        {
            Require(privileges, layout, options, connection.Version);
        }
    }

    /// <summary>
    /// Compares what the last steps need: the oplog may have brought collections that the layout did not have, and have dropped others.
    /// </summary>
    /// <exception cref="NotAuthorizedException">Something is not granted; nothing live was touched.</exception>
    public static async Task RequireAsync(MongoConnection connection, IReadOnlyList<FinishStep> steps, CancellationToken cancellationToken)
    {
        if (await Privileges.ReadAsync(connection, cancellationToken).ConfigureAwait(false) is { } privileges)
        {
            Require(privileges, steps.SelectMany(step => OfStep(privileges, step)));
        }
    }

    /// <summary>The same, of privileges that are known.</summary>
    public static void Require(Privileges privileges, RestoreLayout layout, RestoreOptions options, Version server) =>
        Require(privileges, Needed(privileges, layout, options, server));

    private static void Require(Privileges privileges, IEnumerable<Right> needed)
    {
        var missing = needed.Where(right => !privileges.Allows(right.Action, right.Database, right.Collection)).ToHashSet();
        // What is missing on a whole database need not be named for each of its collections.
        var places = missing
            .Where(right => right.Collection.Length == 0 || right.Collection.StartsWith("system.", StringComparison.Ordinal) || !missing.Contains(right with { Collection = EveryCollection }))
            .GroupBy(right => right.Place, right => right.Action, StringComparer.Ordinal)
            .OrderBy(place => place.Key, StringComparer.Ordinal)
            .Select(place => (Name: place.Key, Actions: string.Join(", ", place.Order(StringComparer.Ordinal))))
            .ToArray();
        if (places.Length > 0)
        {
            var others = places.Skip(1).Take(MostNamed).Select(place => $" {place.Actions} on {place.Name} is missing too;");
            var rest = places.Length - 1 - MostNamed;
            throw new NotAuthorizedException(
                places[0].Actions,
                places[0].Name,
                $"the server has not granted it;{string.Concat(others)}{(rest > 0 ? $" and so it is in {rest} more places;" : "")} nothing was written.");
        }
    }

    private static IEnumerable<Right> Needed(Privileges privileges, RestoreLayout layout, RestoreOptions options, Version server)
    {
        if (options.IncludeUsersAndRoles && layout.UsersAndRoles.Count > 0)
        {
            foreach (var right in On("admin", EveryCollection, "insert", "find", "dropCollection").Concat(On("", EveryCollection, "createUser", "createRole", "grantRole", "revokeRole")))
            {
                yield return right;
            }
        }

        if (layout.Targets.Count > 0)
        {
            foreach (var right in On(layout.Databases[0], RestoreJournal.CollectionName, "find", "insert", "update", "remove", "dropCollection"))
            {
                yield return right;
            }
        }

        foreach (var right in layout.Targets.SelectMany(target => OfTarget(privileges, target, layout.HasOplog, options, server)))
        {
            yield return right;
        }

        var dropped = layout.Actions.Where(action => action.Kind == RestoreActionKind.Drop).Select(action => action.Namespace).ToHashSet(StringComparer.Ordinal);
        foreach (var item in layout.Live.All.Where(item => dropped.Contains(item.FullName)))
        {
            yield return new Right("dropCollection", item.Database, item.Name);
        }
    }

    private static List<Right> OfTarget(Privileges privileges, RestoreTarget target, bool hasOplog, RestoreOptions options, Version server)
    {
        var (database, name) = (target.Database, target.Collection);
        if (target.Source.IsView)
        {
            var change = target.Live is { IsView: true } ? "collMod" : "createCollection";
            return [.. On(database, EveryCollection, "createCollection", "dropCollection"), new Right(change, database, name)];
        }

        var isIndexed = !options.NoIndex && target.Source.Indexes.Any(index => !IndexBuilder.IsIdIndex(index));
        var isPlain = !target.Source.IsTimeSeries && name != "system.js";
        var isMerged = options.Merge && isPlain && target.Live is not null;
        var place = options.InPlace && isPlain ? name : EveryCollection;
        List<Right> needed = [.. On(database, place, Staging)];
        if (isIndexed)
        {
            needed.Add(new Right("createIndex", database, isMerged ? name : place));
        }

        if (hasOplog)
        {
            needed.AddRange(On(database, place, "update", "remove"));
        }

        needed.AddRange(target switch
        {
            { Source.IsTimeSeries: true } => [.. On(database, name, "createCollection", "dropCollection", "listIndexes"), .. On(database, CollectionCatalog.StorageName(name, server), "insert", "bypassDocumentValidation")],
            _ when !isPlain => On(database, name, "find", "insert", "remove", "bypassDocumentValidation"),
            _ when options.InPlace => [],
            _ when isMerged => On(database, name, "insert", "bypassDocumentValidation"),
            _ => Renaming(privileges, database, name),
        });
        return needed;
    }

    private static IEnumerable<Right> OfStep(Privileges privileges, FinishStep step) => step.Kind switch
    {
        FinishKind.Rename => Renaming(privileges, step.Database, step.To),
        FinishKind.Drop => [new Right("dropCollection", step.Database, step.To)],
        _ => [],
    };

    // The server lets a collection be renamed either by a right of that name or by those for copying it (rename_collection_common.cpp).
    private static IEnumerable<Right> Renaming(Privileges privileges, string database, string collection)
    {
        var copying = On(database, collection, "insert", "createIndex", "dropCollection");
        return copying.All(right => privileges.Allows(right.Action, right.Database, right.Collection))
            ? []
            : On(database, EveryCollection, "renameCollectionSameDB");
    }

    private static IEnumerable<Right> On(string database, string collection, params string[] actions) => actions.Select(action => new Right(action, database, collection));

    private sealed record Right(string Action, string Database, string Collection)
    {
        public string Place => Database.Length == 0 ? "every database" : Collection.Length == 0 ? Database : $"{Database}.{Collection}";
    }
}
