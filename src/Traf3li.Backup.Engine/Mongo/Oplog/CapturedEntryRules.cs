using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>
/// Which oplog entries a backup keeps, and which of them it cannot bridge: data was read while they happened, and what they did is not in
/// them (mongo-tools mongodump/oplog_dump.go names the same ones, and refuses every renameCollection as well).
/// </summary>
/// <param name="filter">What the backup takes.</param>
/// <param name="applied">The newest entry that had been applied before any data was read.</param>
internal sealed class CapturedEntryRules(NamespaceFilter filter, OplogPosition applied)
{
    private readonly HashSet<string> _createdMeanwhile = new(StringComparer.Ordinal);

    /// <summary>Whether an entry is kept.</summary>
    /// <exception cref="OplogGapException">The backup cannot hold one state because of it.</exception>
    public bool Takes(in OplogEntry entry)
    {
        if (entry.Database is "local" or "config" || IsOwn(entry.Collection) || (entry.Position <= applied && !IsUnderWay(entry)))
        {
            return false;
        }

        if (entry.Operation == 'c')
        {
            return TakesCommand(entry);
        }

        if (entry is { Operation: 'i' or 'u' or 'd', Namespace: "admin.system.version" })
        {
            throw new OplogGapException("the feature compatibility version or the user schema of the server was changed while the backup was running.");
        }

        // Views are defined in system.views, whichever of them are chosen, and what $out fills may become any of the chosen collections.
        return entry.Operation == 'n' ? filter.TakesAll
            : entry.Collection == "system.views" || IsTemporary(entry.Collection) ? filter.MayTakeDatabase(entry.Database)
            : filter.Takes(entry.Database, CollectionCatalog.LogicalName(entry.Collection));
    }

    private static bool IsOwn(string collection) => collection.StartsWith(CollectionCatalog.RestorePrefix, StringComparison.Ordinal);

    // All else that happened before the data was read is in the data, and to apply a part of it again would bring back what came later.
    private static bool IsUnderWay(in OplogEntry entry) => entry.Operation switch
    {
        'c' when entry.CommandName == "applyOps" => IsTrue(entry.Change, "partialTxn"u8) || IsTrue(entry.Change, "prepare"u8),
        'c' => entry.CommandName is "create" or "createIndexes" && IsTemporary(FirstString(entry.Change)),
        _ => IsTemporary(entry.Collection),
    };

    private static bool IsTrue(ReadOnlySpan<byte> document, ReadOnlySpan<byte> field) => RawBson.TryFind(document, field, out var value) && value.AsBoolean() == true;

    private static bool IsTemporary(string collection) => CollectionCatalog.IsTemporary(collection);

    private bool TakesCommand(in OplogEntry entry)
    {
        var command = entry.CommandName;
        switch (command)
        {
            case "applyOps" or "commitTransaction" or "abortTransaction":
                // A transaction may concern several databases; the restore takes from it what it needs.
                return true;
            case "create":
                _createdMeanwhile.Add($"{entry.Database}.{FirstString(entry.Change)}");
                break;
            case "renameCollection":
                RequireBridgeable(entry);
                return filter.MayTakeDatabase(entry.Database) && !IsOwn(SourceOfRename(entry).Collection);
            case "importCollection":
                throw new OplogGapException($"a collection was imported into {entry.Database} while the backup was running.");
            default:
                break;
        }

        return filter.MayTakeDatabase(entry.Database) && !IsOwn(FirstString(entry.Change));
    }

    // $out and $merge build a new collection and rename it: all of it is in the oplog. Any other rename moves data that may have been read
    // under the old name, the new one, both or neither; and what a restore staged is not captured at all.
    private void RequireBridgeable(in OplogEntry entry)
    {
        var (database, collection) = SourceOfRename(entry);
        if (IsOwn(collection))
        {
            if (RawBson.TryFind(entry.Change, "to"u8, out var to) && Split(to.AsString()) is var (toDatabase, toCollection) && !IsOwn(toCollection) && filter.Takes(toDatabase, toCollection))
            {
                throw new OplogGapException($"a restore put the collection {toDatabase}.{toCollection} into place while the backup was running.");
            }
        }
        else if (filter.MayTakeDatabase(database) && !_createdMeanwhile.Remove($"{database}.{collection}"))
        {
            throw new OplogGapException($"the collection {database}.{collection} was renamed while the backup was running.");
        }
    }

    private static (string Database, string Collection) SourceOfRename(in OplogEntry entry) => Split(FirstString(entry.Change));

    private static (string Database, string Collection) Split(string? name)
    {
        var dot = name?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot < 0 ? ("", name ?? "") : (name![..dot], name[(dot + 1)..]);
    }

    private static string FirstString(ReadOnlySpan<byte> document)
    {
        var reader = new RawBsonReader(document);
        return reader.Read() ? reader.AsString() ?? "" : "";
    }
}
