using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>Looks for records of one collection by their ids, reading of each document no more than <c>_id</c>.</summary>
/// <param name="connection">The node that is read.</param>
/// <param name="database">The collection's database.</param>
/// <param name="find">The find command that reads the collection in natural order.</param>
internal sealed class RecordSearch(MongoConnection connection, string database, BsonDocument find)
{
    private const int BatchSize = 10_000;

    /// <summary>The id of the last record in natural order; null when the collection is empty.</summary>
    public Task<BsonValue?> FindLastAsync(CancellationToken cancellationToken)
    {
        var command = WithIds();
        command["hint"] = new BsonDocument("$natural", -1);
        command["limit"] = 1;
        return connection.Retries.RunAsync(
            $"find on {database}.{find["find"]}",
            async token =>
            {
                var found = await RawCommand.ReadListAsync(connection.Client, database, (BsonDocument)command.DeepClone(), token).ConfigureAwait(false);
                return found is [var last, ..] ? Read(last) : null;
            },
            cancellationToken);
    }

    /// <summary>The token of the last record that is there and does not come after <paramref name="mark" />; null when there is none.</summary>
    /// <param name="mark">A record's id.</param>
    /// <param name="tokens">Tokens of records before it, the oldest first, so that the search need not begin at the first record. Some may be gone.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<BsonDocument?> FindAtOrBeforeAsync(BsonValue mark, IEnumerable<BsonDocument> tokens, CancellationToken cancellationToken)
    {
        foreach (var token in tokens.Reverse())
        {
            try
            {
                return await SearchAsync(mark, token, cancellationToken).ConfigureAwait(false);
            }
            catch (MongoCommandException exception) when (exception.Code == MongoErrors.KeyNotFound)
            {
                // Deleted as well: an older one may still be there.
            }
        }

        return await SearchAsync(mark, after: null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<BsonDocument?> SearchAsync(BsonValue mark, BsonDocument? after, CancellationToken cancellationToken)
    {
        var command = WithIds();
        command["$_requestResumeToken"] = true;
        if (after is not null)
        {
            command["$_resumeAfter"] = after;
        }

        var sink = new ListSink();
        var found = after;
        var cursor = await RawCursor.CreateAsync(connection.Client, database, command, sink, cancellationToken).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (!cursor.IsExhausted)
            {
                sink.Documents.Clear();
                await cursor.MoveNextAsync(BatchSize, maxAwait: null, cancellationToken).ConfigureAwait(false);
                var before = sink.Documents.Select(Read).TakeWhile(id => id is not null && RecordId.IsAtOrPast(mark, id)).LastOrDefault();
                if (before is not null && cursor.ResumeToken is { } form)
                {
                    // Newer servers keep more than the id in a token.
                    found = ((BsonDocument)form.DeepClone()).Set(RecordId.Field, before);
                }

                if (sink.Documents.Count > 0 && (Read(sink.Documents[^1]) is not { } last || !RecordId.IsAtOrPast(mark, last)))
                {
                    break;
                }
            }
        }

        return found;
    }

    private static BsonValue? Read(byte[] bytes)
    {
        using var document = RawCommand.ToDocument(bytes);
        return document.TryGetValue(RecordId.Field, out var id) ? id : null;
    }

    private BsonDocument WithIds()
    {
        var command = (BsonDocument)find.DeepClone();
        command["projection"] = new BsonDocument("_id", 1);
        command["showRecordId"] = true;
        return command;
    }
}
