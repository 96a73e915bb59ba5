using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Does the last steps of a restore, or what a killed one had left of them. It is not stopped by cancellation: the steps take milliseconds,
/// and stopping between two of them would leave some collections old and others new.
/// </summary>
internal sealed class FinishRunner(MongoConnection connection, BufferPool pool, BsonValue? commitQuorum)
{
    /// <summary>Does all steps in order.</summary>
    public async Task RunAsync(IReadOnlyList<FinishStep> steps)
    {
        foreach (var step in steps)
        {
            await RunAsync(step).ConfigureAwait(false);
        }
    }

    private Task RunAsync(FinishStep step) => step.Kind switch
    {
        FinishKind.Rename => RenameAsync(step),
        FinishKind.View => MakeViewAsync(step),
        FinishKind.TimeSeries => MakeTimeSeriesAsync(step),
        FinishKind.Contents => ReplaceContentsAsync(step),
        FinishKind.Merge => MergeAsync(step),
        _ => DropAsync(step),
    };

    private async Task RenameAsync(FinishStep step)
    {
        if (step.DropsFirst && await FindAsync(step.Database, step.From).ConfigureAwait(false) is not null)
        {
            await CollectionCreator.DropAsync(connection, step.Database, step.To, CancellationToken.None).ConfigureAwait(false);
        }

        var command = new BsonDocument
        {
            { "renameCollection", $"{step.Database}.{step.From}" },
            { "to", $"{step.Database}.{step.To}" },
            { "dropTarget", true },
            { "writeConcern", new BsonDocument("w", "majority") },
        };
        try
        {
            await connection.RunAsync("admin", command, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ServerFailedException exception) when (exception.InnerException is MongoCommandException { Code: MongoErrors.NamespaceNotFound })
        {
            // Done by the run that was killed: staging names are used once.
        }
    }

    private async Task MakeViewAsync(FinishStep step)
    {
        var options = step.Options;
        var live = await FindAsync(step.Database, step.To).ConfigureAwait(false);
        if (live is { IsView: true } && BsonReading.ToDocument(live.Options).GetValue("collation", null) == options.GetValue("collation", null))
        {
            // At no moment is there no view. Only its collation cannot be changed so.
            var change = new BsonDocument { { "collMod", step.To }, { "viewOn", options["viewOn"] }, { "pipeline", options.GetValue("pipeline", new BsonArray()) } };
            await connection.RunAsync(step.Database, change, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        await CollectionCreator.DropAsync(connection, step.Database, step.To, CancellationToken.None).ConfigureAwait(false);
        await CollectionCreator.CreateAsync(connection, step.Database, step.To, step.Options, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task MakeTimeSeriesAsync(FinishStep step)
    {
        if (await FindAsync(step.Database, step.From).ConfigureAwait(false) is null)
        {
            return;
        }

        await CollectionCreator.DropAsync(connection, step.Database, step.To, CancellationToken.None).ConfigureAwait(false);
        await CollectionCreator.CreateAsync(connection, step.Database, step.To, step.Options, CancellationToken.None).ConfigureAwait(false);
        await DropOwnIndexesAsync(step).ConfigureAwait(false);
        var storage = CollectionCatalog.StorageName(step.To, connection.Version);
        await CopyAsync(step.Database, step.From, storage, keepsExisting: false, isRawData: storage == step.To).ConfigureAwait(false);
        await BuildIndexesAsync(step).ConfigureAwait(false);
        await CollectionCreator.DropAsync(connection, step.Database, step.From, CancellationToken.None).ConfigureAwait(false);
    }

    // From 6.3 a server gives a new time series an index of its own, which the backup's may not have had.
    private async Task DropOwnIndexesAsync(FinishStep step)
    {
        var wanted = step.Indexes.Select(index => index["name"].AsString).ToHashSet(StringComparer.Ordinal);
        var reply = await connection.RunAsync(step.Database, new BsonDocument("listIndexes", step.To), CancellationToken.None).ConfigureAwait(false);
        foreach (var name in reply["cursor"]["firstBatch"].AsBsonArray.Select(index => index["name"].AsString).Where(name => !wanted.Contains(name)))
        {
            await connection.RunAsync(step.Database, new BsonDocument { { "dropIndexes", step.To }, { "index", name } }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task ReplaceContentsAsync(FinishStep step)
    {
        if (await FindAsync(step.Database, step.From).ConfigureAwait(false) is null)
        {
            return;
        }

        var remove = new BsonDocument
        {
            { "delete", step.To },
            { "deletes", new BsonArray { new BsonDocument { { "q", new BsonDocument() }, { "limit", 0 } } } },
        };
        await connection.RunAsync(step.Database, remove, CancellationToken.None).ConfigureAwait(false);
        await CopyAsync(step.Database, step.From, step.To, keepsExisting: false).ConfigureAwait(false);
        await CollectionCreator.DropAsync(connection, step.Database, step.From, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task MergeAsync(FinishStep step)
    {
        if (await FindAsync(step.Database, step.From).ConfigureAwait(false) is null)
        {
            return;
        }

        await CopyAsync(step.Database, step.From, step.To, keepsExisting: true).ConfigureAwait(false);
        await BuildIndexesAsync(step).ConfigureAwait(false);
        await CollectionCreator.DropAsync(connection, step.Database, step.From, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task DropAsync(FinishStep step)
    {
        if (await FindAsync(step.Database, step.To).ConfigureAwait(false) is { } live && live.Uuid == step.Uuid)
        {
            await CollectionCreator.DropAsync(connection, step.Database, step.To, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task BuildIndexesAsync(FinishStep step)
    {
        var refused = await new IndexBuilder(connection, commitQuorum).BuildAsync(step.Database, step.To, step.To, step.Indexes, CancellationToken.None).ConfigureAwait(false);
        if (refused.Count > 0)
        {
            throw new IndexesRefusedException(refused);
        }
    }

    private Task<CollectionDescription?> FindAsync(string database, string name) => new CollectionCatalog(connection).FindAsync(database, name, CancellationToken.None);

    private async Task CopyAsync(string database, string from, string to, bool keepsExisting, bool isRawData = false)
    {
        var refused = new RefusedDocuments(from);
        await using (refused.ConfigureAwait(false))
        {
            var copier = new CollectionCopier(connection, pool, new BatchInserter(connection, pool, refused) { KeepsExisting = keepsExisting, IsRawData = isRawData });
            await copier.CopyAsync(database, from, to, CancellationToken.None).ConfigureAwait(false);
            if (refused.Count > 0)
            {
                throw new DocumentsRefusedException(refused.Count, refused.Folder, refused.Sample);
            }
        }
    }
}
