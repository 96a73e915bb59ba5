using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Collects changes to staged collections and sends them as update and delete commands of many statements: the order within a collection
/// is kept, and collections do not wait for each other. Every statement can be repeated: the data may hold its effect already.
/// </summary>
internal sealed class ReplayQueue(MongoConnection connection)
{
    private const int MaxStatements = 1_000;
    // Half of what a command may have, so that a document of any size fits into one by itself.
    private const int MaxBytes = 8 << 20;

    private readonly Dictionary<StagedCollection, List<Statement>> _pending = [];
    private int _count;
    private int _bytes;

    /// <summary>Whether enough is collected to be sent.</summary>
    public bool IsFull => _count >= MaxStatements || _bytes >= MaxBytes;

    /// <summary>The whole document is as given.</summary>
    public void Put(StagedCollection target, ReadOnlySpan<byte> document) => Replace(target, document, upsert: true);

    /// <summary>A document is changed as an oplog entry's <c>o</c> says.</summary>
    public void Change(StagedCollection target, ReadOnlySpan<byte> criteria, ReadOnlySpan<byte> change)
    {
        // Of the changes only a whole document holds the _id.
        if (RawBson.TryFind(change, "_id"u8, out _))
        {
            Replace(target, change, upsert: false);
            return;
        }

        var raw = RawCommand.ToDocument(change.ToArray());
        if (!raw.TryGetValue("$v", out var version))
        {
            // Modifiers from a server before 3.6, without a version: what an update takes.
            Add(target, "update", new BsonDocument { { "q", IdFilter(criteria) }, { "u", raw } }, change.Length);
        }
        else if (version == 1)
        {
            var modifiers = new BsonDocument(raw.Where(field => field.Name != "$v"));
            Add(target, "update", new BsonDocument { { "q", IdFilter(criteria) }, { "u", modifiers } }, change.Length);
        }
        else
        {
            // The stage that the server itself uses to apply a delta entry (mongo/src/mongo/db/pipeline/document_source_internal_apply_oplog_update.h).
            var stage = new BsonDocument("$_internalApplyOplogUpdate", new BsonDocument("oplogUpdate", raw));
            Add(target, "update", new BsonDocument { { "q", IdFilter(criteria) }, { "u", new BsonArray { stage } } }, change.Length);
        }
    }

    /// <summary>A document is deleted.</summary>
    public void Delete(StagedCollection target, ReadOnlySpan<byte> criteria) =>
        Add(target, "delete", new BsonDocument { { "q", IdFilter(criteria) }, { "limit", 1 } }, criteria.Length);

    /// <summary>Sends all that is collected.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ServerParallelism.Default, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_pending, options, async (item, token) => await SendAsync(item.Key, item.Value, token).ConfigureAwait(false)).ConfigureAwait(false);
        _pending.Clear();
        _count = 0;
        _bytes = 0;
    }

    private static BsonDocument IdFilter(ReadOnlySpan<byte> document)
    {
        using var raw = RawCommand.ToDocument(document.ToArray());
        if (!raw.TryGetValue("_id", out var id))
        {
            throw new InvalidDataException("an oplog entry names no _id.");
        }

        // A document as a value could be taken for operators.
        var value = id is RawBsonDocument embedded ? BsonReading.ToDocument(RawCommand.ToBytes(embedded)) : id;
        return new BsonDocument("_id", value.IsBsonDocument ? new BsonDocument("$eq", value) : value);
    }

    // A replacement would set empty timestamps to the server's time, and may have no field of its own that begins as an operator does.
    private static bool IsTakenLiterally(ReadOnlySpan<byte> document)
    {
        var reader = new RawBsonReader(document);
        while (reader.Read())
        {
            if (reader.Name.StartsWith("$"u8))
            {
                return false;
            }
        }

        return !RawBson.HasEmptyTimestamp(document);
    }

    private void Replace(StagedCollection target, ReadOnlySpan<byte> document, bool upsert)
    {
        var bytes = document.ToArray();
        var statement = IsTakenLiterally(document)
            ? new BsonDocument { { "q", IdFilter(document) }, { "u", RawCommand.ToDocument(bytes) }, { "upsert", upsert } }
            : LiteralUpdate.Statement(bytes, upsert);
        Add(target, "update", statement, document.Length);
    }

    private void Add(StagedCollection target, string command, BsonDocument statement, int bytes)
    {
        if (!_pending.TryGetValue(target, out var list))
        {
            _pending.Add(target, list = []);
        }

        list.Add(new Statement(command, statement, bytes));
        _count++;
        _bytes += bytes;
    }

    private async Task SendAsync(StagedCollection target, List<Statement> statements, CancellationToken cancellationToken)
    {
        for (var start = 0; start < statements.Count;)
        {
            var command = statements[start].Command;
            var end = start;
            var bytes = 0L;
            while (end < statements.Count && statements[end].Command == command && (end == start || bytes + statements[end].Bytes <= MaxBytes))
            {
                bytes += statements[end].Bytes;
                end++;
            }

            var document = new BsonDocument
            {
                { command, target.StagingName },
                { command + "s", new BsonArray(statements[start..end].Select(item => item.Document)) },
                { "ordered", true },
            };
            if (command == "update")
            {
                document["bypassDocumentValidation"] = true;
            }

            var reply = await connection.RunAsync(target.Database, document, cancellationToken).ConfigureAwait(false);
            if (reply.TryGetValue("writeErrors", out var errors))
            {
                throw new ServerFailedException("replaying the oplog", target.FullName, errors[0]["errmsg"].AsString);
            }

            start = end;
        }
    }

    private sealed record Statement(string Command, BsonDocument Document, int Bytes);
}
