using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Inserts documents as bytes: one insert command a batch, its documents a raw array. What the server refuses is put aside and counted, and
/// the rest goes on.
/// </summary>
internal sealed class BatchInserter(MongoConnection connection, BufferPool pool, RefusedDocuments refused)
{
    private readonly bool _canKeepEmptyTimestamps = InsertCommand.KeepsEmptyTimestamps(connection.Version);

    /// <summary>What is done with a document whose _id or other unique key is taken.</summary>
    public bool KeepsExisting { get; init; }

    /// <summary>Whether the documents are the buckets of a time series and go to its own name, as servers from 8.3 keep them.</summary>
    public bool IsRawData { get; init; }

    /// <summary>Inserts whole documents that stand one behind the other. </summary>
    /// <param name="database">The database.</param>
    /// <param name="collection">The collection that is written.</param>
    /// <param name="displayName">The collection's name for people, where it is a staged one.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="ordered">Whether their order must be kept, as in a capped collection.</param>
    /// <param name="cancellationToken">Stops between two commands.</param>
    public async Task<InsertedBatch> InsertAsync(
        string database, string collection, string displayName, ReadOnlyMemory<byte> documents, bool ordered, CancellationToken cancellationToken)
    {
        var read = default(ContentHash);
        var inserted = default(ContentHash);
        long refusedCount = 0;
        while (documents.Length > 0)
        {
            using var batch = InsertBatch.Take(documents, pool);
            documents = documents[batch.Documents.Length..];
            var errors = await InsertBatchAsync(database, collection, batch, ordered, cancellationToken).ConfigureAwait(false);
            refusedCount += await SortOutAsync(database, displayName, batch, errors, cancellationToken).ConfigureAwait(false);
            read.Combine(batch.Read);
            inserted.Combine(batch.StoredWithout(errors));
            await RestoreEmptyTimestampsAsync(database, collection, batch, errors, cancellationToken).ConfigureAwait(false);
        }

        return new InsertedBatch(read, inserted, refusedCount);
    }

    // A document that is no BSON to this server makes it refuse the whole command, so the batch is halved until that document is alone.
    private async Task<Dictionary<int, string>> InsertBatchAsync(
        string database, string collection, InsertBatch batch, bool ordered, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(database, collection, batch, ordered, cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException exception) when (RefusesDocument(exception))
        {
            if (batch.Count == 1)
            {
                return new Dictionary<int, string> { [0] = $"{exception.ErrorMessage} (code {exception.Code})" };
            }

            using var first = InsertBatch.Take(batch.Documents, pool, batch.Count / 2);
            var errors = await InsertBatchAsync(database, collection, first, ordered, cancellationToken).ConfigureAwait(false);
            using var second = InsertBatch.Take(batch.Documents[first.Documents.Length..], pool);
            foreach (var (index, reason) in await InsertBatchAsync(database, collection, second, ordered, cancellationToken).ConfigureAwait(false))
            {
                errors[first.Count + index] = reason;
            }

            return errors;
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "insert", $"{database}.{collection}", connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    private static bool RefusesDocument(MongoCommandException exception) =>
        exception.Code is MongoErrors.InvalidBson or MongoErrors.NonConformantBson or MongoErrors.BadValue or MongoErrors.FailedToParse or MongoErrors.ObjectTooLarge;

    private async Task<Dictionary<int, string>> SendAsync(
        string database, string collection, InsertBatch batch, bool ordered, CancellationToken cancellationToken)
    {
        var command = InsertCommand.Create(collection, batch.BuildArray(), ordered, IsRawData, connection.Version);

        // What a lost attempt inserted is there already: its duplicates are no errors.
        var attempts = 0;
        var reply = await connection.Retries.RunAsync(
            $"insert on {database}.{collection}",
            token =>
            {
                attempts++;
                return connection.Client.GetDatabase(database).RunCommandAsync<BsonDocument>(command, ReadPreference.Primary, token);
            },
            cancellationToken).ConfigureAwait(false);
        return ReadErrors(reply, isRetry: attempts > 1);
    }

    private Dictionary<int, string> ReadErrors(BsonDocument reply, bool isRetry)
    {
        var errors = new Dictionary<int, string>();
        if (reply.TryGetValue("writeErrors", out var list))
        {
            foreach (var error in list.AsBsonArray.Select(item => item.AsBsonDocument))
            {
                var code = error["code"].ToInt32();
                if (!(isRetry && code == MongoErrors.DuplicateKey && !KeepsExisting))
                {
                    errors[error["index"].ToInt32()] = code == MongoErrors.DuplicateKey && KeepsExisting
                        ? ""
                        : $"{error["errmsg"].AsString} (code {code})";
                }
            }
        }

        return errors;
    }

    private async Task<long> SortOutAsync(
        string database, string displayName, InsertBatch batch, Dictionary<int, string> errors, CancellationToken cancellationToken)
    {
        long count = 0;
        if (errors.Count > 0)
        {
            foreach (var document in batch.Walk())
            {
                if (errors.TryGetValue(document.Index, out var reason) && reason.Length > 0)
                {
                    await refused.AddAsync(database, displayName, document.Bytes, reason, cancellationToken).ConfigureAwait(false);
                    count++;
                }
            }
        }

        return count;
    }

    // Before 8.0 an insert replaces Timestamp(0, 0) at the top level by its own time; a pipeline that sets the document literally does not.
    private async Task RestoreEmptyTimestampsAsync(
        string database, string collection, InsertBatch batch, Dictionary<int, string> errors, CancellationToken cancellationToken)
    {
        if (_canKeepEmptyTimestamps)
        {
            return;
        }

        foreach (var document in batch.WithEmptyTimestamp.Where(document => !errors.ContainsKey(document.Index)))
        {
            await LiteralUpdate.RunAsync(connection, database, collection, document.Bytes, cancellationToken).ConfigureAwait(false);
        }
    }
}
