using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Applies captured oplog entries to the staged collections, so that they come to the state of one moment. It needs no right to applyOps:
/// changes become ordinary updates and deletes, commands change the staging area. What it does not know it does not skip: it fails.
/// </summary>
internal sealed class OplogReplayer(MongoConnection connection, StagingArea area, OplogPosition? limit, CancellationToken cancellationToken) : IAsyncDisposable
{
    // Before 7.0 the server nested applyOps up to ten deep (mongo/src/mongo/db/repl/apply_ops.cpp).
    private const int MaxDepth = 10;

    private readonly ReplayQueue _queue = new(connection);
    private readonly TransactionBuffer _transactions = new();
    private readonly IndexCatalog _indexes = new(area);

    /// <summary>Entries applied, those of other namespaces not counted.</summary>
    public long Applied { get; private set; }

    /// <summary>Applies whole entries that stand one behind the other. Those at and after the limit are left out.</summary>
    public async Task ApplyAsync(ReadOnlyMemory<byte> entries)
    {
        while (entries.Length > 0)
        {
            if (!RawBson.TryReadLength(entries.Span, out var length) || length > entries.Length)
            {
                throw new InvalidDataException("an oplog entry's length does not fit.");
            }

            await ApplyAsync(entries[..length], depth: 0).ConfigureAwait(false);
            entries = entries[length..];
        }
    }

    /// <summary>Sends what is still collected. A transaction whose commit was not captured has not happened.</summary>
    public Task FinishAsync() => _queue.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _transactions.DisposeAsync();

    private Task ApplyAsync(ReadOnlyMemory<byte> bytes, int depth)
    {
        // An operation within applyOps has no position of its own, and lies before any limit.
        var entry = OplogEntry.Read(bytes.Span);
        if (limit is { } end && entry.Position >= end)
        {
            return Task.CompletedTask;
        }

        if (entry.Operation != 'c')
        {
            return entry.Collection == "system.views" && entry.Operation != 'n'
                ? ApplyToViewAsync(entry.Database, entry.Operation, BsonReading.ToDocument(entry.Operation == 'u' ? entry.Criteria : entry.Change), BsonReading.ToDocument(entry.Change), entry.Position)
                : ApplyChange(entry) && _queue.IsFull ? _queue.FlushAsync(cancellationToken) : Task.CompletedTask;
        }

        return entry.CommandName == "applyOps"
            ? ApplyOperationsAsync(bytes, depth)
            : ApplyCommandAsync(bytes, entry.Database, BsonReading.ToDocument(entry.Change), entry.Position, depth);
    }

    private bool ApplyChange(in OplogEntry entry)
    {
        if (entry.Operation == 'n')
        {
            return false;
        }

        if (!area.Takes(entry.Database, CollectionCatalog.LogicalName(entry.Collection)) || area.Find(entry.Database, entry.Collection) is not { } target)
        {
            return false;
        }

        switch (entry.Operation)
        {
            case 'i':
                _queue.Put(target, entry.Change);
                break;
            case 'u':
                _queue.Change(target, entry.Criteria, entry.Change);
                break;
            case 'd':
                _queue.Delete(target, entry.Change);
                break;
            default:
                throw new OplogGapException($"the entry at {entry.Position} has the unknown operation '{entry.Operation}'.");
        }

        Applied++;
        return true;
    }

    private async Task ApplyToViewAsync(string database, char operation, BsonDocument criteria, BsonDocument change, OplogPosition position)
    {
        var (_, name) = Split(criteria["_id"].AsString);
        if (!area.Takes(database, name))
        {
            return;
        }

        if (operation == 'd')
        {
            area.RemoveView(database, name);
        }
        else if (change.Contains("$v"))
        {
            throw new OplogGapException($"the view {database}.{name} was changed at {position} in a way that cannot be replayed.");
        }
        else if (area.Find(database, name) is not { IsTimeSeries: true })
        {
            change.Remove("_id");
            await area.SetViewAsync(database, name, change, cancellationToken).ConfigureAwait(false);
        }

        Applied++;
    }

    private async Task ApplyCommandAsync(ReadOnlyMemory<byte> bytes, string database, BsonDocument command, OplogPosition position, int depth)
    {
        var name = command.ElementCount > 0 ? command.GetElement(0).Name : throw new InvalidDataException($"the entry at {position} is an empty command.");
        switch (name)
        {
            case "commitTransaction":
                await ApplyAllAsync(_transactions.CommitAsync(bytes.Span, cancellationToken), depth).ConfigureAwait(false);
                return;
            case "abortTransaction":
                await _transactions.AbortAsync(bytes.Span).ConfigureAwait(false);
                return;
            case "startIndexBuild" or "abortIndexBuild" or "dropIdent" or "setMultikeyMetadata":
                return;
            default:
                break;
        }

        // A command sees everything before it.
        await _queue.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (name == "dropDatabase")
        {
            await area.DropDatabaseAsync(database, cancellationToken).ConfigureAwait(false);
        }
        else if (name == "renameCollection")
        {
            await area.RenameAsync(Split(command[0].AsString), Split(command["to"].AsString), command.GetValue("dropTarget", false) is not BsonBoolean { Value: false }, cancellationToken)
                .ConfigureAwait(false);
        }
        else if (name == "drop" && command[0] == "system.views")
        {
            area.RemoveViews(database);
        }
        else if (area.Takes(database, CollectionCatalog.LogicalName(command[0].AsString)))
        {
            await ApplyToCollectionAsync(database, name, command, position).ConfigureAwait(false);
        }

        Applied++;
    }

    private async Task ApplyToCollectionAsync(string database, string name, BsonDocument command, OplogPosition position)
    {
        var collection = command[0].AsString;
        switch (name)
        {
            case "create":
                await area.CreateAsync(database, collection, OptionsOf(command), cancellationToken).ConfigureAwait(false);
                break;
            case "drop":
                await area.DropAsync(database, collection, cancellationToken).ConfigureAwait(false);
                break;
            case "createIndexes" or "commitIndexBuild" or "dropIndexes" or "deleteIndexes" or "deleteIndex" or "dropIndex":
                _indexes.Apply(database, name, command);
                break;
            case "collMod":
                await ModifyAsync(database, command).ConfigureAwait(false);
                break;
            default:
                throw new OplogGapException($"the entry at {position} is the command {name} on {database}.{collection}, which cannot be replayed.");
        }
    }

    private async Task ModifyAsync(string database, BsonDocument command)
    {
        _indexes.Modify(database, command);
        var rest = new BsonDocument(command.Where(field => field.Name is not ("collMod" or "index")));
        var target = area.Find(database, command[0].AsString);
        if (target is { IsTimeSeries: true })
        {
            TimeSeriesBuckets.Modify(target.Options, rest);
        }
        else if (rest.ElementCount > 0 && target is not null)
        {
            await connection.RunAsync(target.Database, new BsonDocument("collMod", target.StagingName).AddRange(rest), cancellationToken).ConfigureAwait(false);
        }
    }

    // The options of a create entry, without what is the server's own business: where and under which ident it stores the collection.
    private static BsonDocument OptionsOf(BsonDocument command)
    {
        var options = new BsonDocument(command.Where(field => field.Name is not ("create" or "idIndex" or "recordIdsReplicated")));
        if (!options.Contains("timeseries"))
        {
            return options;
        }

        string[] kept = ["timeseries", "expireAfterSeconds", "storageEngine", "collation"];
        return new BsonDocument(options.Where(field => kept.Contains(field.Name, StringComparer.Ordinal)));
    }

    private async Task ApplyOperationsAsync(ReadOnlyMemory<byte> bytes, int depth)
    {
        if (depth >= MaxDepth)
        {
            throw new OplogGapException($"applyOps is nested more than {MaxDepth} deep.");
        }

        await ApplyAllAsync(_transactions.TakeAsync(bytes, cancellationToken), depth + 1).ConfigureAwait(false);
    }

    private async Task ApplyAllAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> operations, int depth)
    {
        await foreach (var operation in operations.ConfigureAwait(false))
        {
            await ApplyAsync(operation, depth).ConfigureAwait(false);
        }
    }

    private static (string Database, string Collection) Split(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? (name[..dot], name[(dot + 1)..]) : throw new InvalidDataException($"'{name}' is no database.collection.");
    }
}
