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
    // A command document may have 16 MiB and 16 KiB (BSONObjMaxInternalSize in mongo/src/mongo/bson/util/builder.h); its other fields need little.
    private const int MaxArraySize = (16 << 20) + (12 << 10);

    // maxWriteBatchSize of every supported server.
    private const int MaxDocuments = 100_000;

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
            var (bytes, lengths) = Take(documents.Span);
            var batch = documents[..bytes];
            documents = documents[bytes..];
            var errors = await InsertBatchAsync(database, collection, batch, lengths, ordered, cancellationToken).ConfigureAwait(false);
            refusedCount += await SortOutAsync(database, displayName, batch, lengths, errors, cancellationToken).ConfigureAwait(false);
            read.AddAll(batch.Span);
            inserted.Combine(Hash(batch.Span, lengths, errors));
            await RestoreEmptyTimestampsAsync(database, collection, batch, lengths, errors, cancellationToken).ConfigureAwait(false);
        }

        return new InsertedBatch(read, inserted, refusedCount);
    }

    private static (int Bytes, List<int> Lengths) Take(ReadOnlySpan<byte> documents)
    {
        var lengths = new List<int>();
        var bytes = 0;
        while (bytes < documents.Length && lengths.Count < MaxDocuments)
        {
            if (!RawBson.TryReadLength(documents[bytes..], out var length) || length > documents.Length - bytes)
            {
                throw new InvalidDataException("a document's length does not fit its batch.");
            }

            if (lengths.Count > 0 && BsonArrayBuilder.Measure(lengths.Count + 1, bytes + length) > MaxArraySize)
            {
                break;
            }

            lengths.Add(length);
            bytes += length;
        }

        return (bytes, lengths);
    }

    private static ContentHash Hash(ReadOnlySpan<byte> batch, List<int> lengths, Dictionary<int, string> errors)
    {
        var hash = default(ContentHash);
        var offset = 0;
        for (var index = 0; index < lengths.Count; index++)
        {
            if (!errors.ContainsKey(index))
            {
                hash.Add(StoredForm.Of(batch.Slice(offset, lengths[index])));
            }

            offset += lengths[index];
        }

        return hash;
    }

    // A document that is no BSON to this server makes it refuse the whole command, so the batch is halved until that document is alone.
    private async Task<Dictionary<int, string>> InsertBatchAsync(
        string database, string collection, ReadOnlyMemory<byte> batch, List<int> lengths, bool ordered, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(database, collection, batch, lengths, ordered, cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException exception) when (RefusesDocument(exception))
        {
            if (lengths.Count == 1)
            {
                return new Dictionary<int, string> { [0] = $"{exception.ErrorMessage} (code {exception.Code})" };
            }

            var half = lengths.Count / 2;
            var bytes = lengths.Take(half).Sum();
            var errors = await InsertBatchAsync(database, collection, batch[..bytes], lengths[..half], ordered, cancellationToken).ConfigureAwait(false);
            foreach (var (index, reason) in await InsertBatchAsync(database, collection, batch[bytes..], lengths[half..], ordered, cancellationToken).ConfigureAwait(false))
            {
                errors[half + index] = reason;
            }

            return errors;
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "insert", $"{database}.{collection}") is { } translated)
        {
            throw translated;
        }
    }

    private static bool RefusesDocument(MongoCommandException exception) =>
        exception.Code is MongoErrors.InvalidBson or MongoErrors.NonConformantBson or MongoErrors.BadValue or MongoErrors.FailedToParse or MongoErrors.ObjectTooLarge;

    private async Task<Dictionary<int, string>> SendAsync(
        string database, string collection, ReadOnlyMemory<byte> batch, List<int> lengths, bool ordered, CancellationToken cancellationToken)
    {
        using var buffer = pool.Rent(BsonArrayBuilder.Measure(lengths.Count, batch.Length));
        var array = new BsonArrayBuilder(buffer);
        array.Clear();
        var offset = 0;
        foreach (var length in lengths)
        {
            array.Append(batch.Span.Slice(offset, length));
            offset += length;
        }

        var command = InsertCommand.Create(collection, array.Build(), ordered, IsRawData, connection.Version);

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
        string database, string displayName, ReadOnlyMemory<byte> batch, List<int> lengths, Dictionary<int, string> errors, CancellationToken cancellationToken)
    {
        long count = 0;
        var offset = 0;
        for (var index = 0; index < lengths.Count && errors.Count > 0; index++)
        {
            if (errors.TryGetValue(index, out var reason) && reason.Length > 0)
            {
                await refused.AddAsync(database, displayName, batch.Slice(offset, lengths[index]), reason, cancellationToken).ConfigureAwait(false);
                count++;
            }

            offset += lengths[index];
        }

        return count;
    }

    // Before 8.0 an insert replaces Timestamp(0, 0) at the top level by its own time; a pipeline that sets the document literally does not.
    private async Task RestoreEmptyTimestampsAsync(
        string database, string collection, ReadOnlyMemory<byte> batch, List<int> lengths, Dictionary<int, string> errors, CancellationToken cancellationToken)
    {
        if (_canKeepEmptyTimestamps)
        {
            return;
        }

        var offset = 0;
        for (var index = 0; index < lengths.Count; index++)
        {
            var document = batch.Slice(offset, lengths[index]);
            offset += lengths[index];
            if (!errors.ContainsKey(index) && RawBson.HasEmptyTimestamp(document.Span))
            {
                await LiteralUpdate.RunAsync(connection, database, collection, document, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
