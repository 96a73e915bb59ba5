using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>
/// A cursor whose documents go to a sink as bytes. It sends find and getMore itself, on one explicit session, because a cursor belongs to
/// the session that opened it; the connection must lead to one node.
/// </summary>
internal sealed class RawCursor : IAsyncDisposable
{
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(2);

    private readonly IMongoDatabase _database;
    private readonly IClientSessionHandle _session;
    private readonly CursorReplySerializer _serializer;
    private BsonDocument? _command;
    private string _collection = "";
    private long _cursorId;

    private RawCursor(IMongoDatabase database, IClientSessionHandle session, BsonDocument command, IRawDocumentSink sink)
    {
        _database = database;
        _session = session;
        _command = command;
        _serializer = new CursorReplySerializer(sink);
    }

    /// <summary>Whether the server has said that nothing more will come.</summary>
    public bool IsExhausted => _command is null && _cursorId == 0;

    /// <summary>Where a scan can go on behind the newest reply; null when the server sent no token with it.</summary>
    public BsonDocument? ResumeToken { get; private set; }

    /// <summary>Prepares a cursor for a command that answers with one. Nothing is sent yet.</summary>
    public static async Task<RawCursor> CreateAsync(
        IMongoClient client, string database, BsonDocument command, IRawDocumentSink sink, CancellationToken cancellationToken)
    {
        var session = await client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = false }, cancellationToken).ConfigureAwait(false);
        return new RawCursor(client.GetDatabase(database), session, command, sink);
    }

    /// <summary>
    /// Asks for the next batch; its documents have gone to the sink when this returns their number. Zero does not mean the end of a tailable
    /// cursor; see <see cref="IsExhausted" />.
    /// </summary>
    /// <param name="batchSize">The most documents wanted; null leaves it to the server. A reply never holds more than about 16 MiB.</param>
    /// <param name="maxAwait">How long a tailable cursor waits for news; null for other cursors.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<int> MoveNextAsync(int? batchSize, TimeSpan? maxAwait, CancellationToken cancellationToken)
    {
        if (IsExhausted)
        {
            return 0;
        }

        var command = _command ?? new BsonDocument { { "getMore", _cursorId }, { "collection", _collection } };
        if (batchSize is { } size)
        {
            if (_command is null || _command.Contains("find"))
            {
                command["batchSize"] = size;
            }
            else
            {
                command["cursor"] = new BsonDocument("batchSize", size);
            }
        }

        if (maxAwait is { } wait && _command is null)
        {
            command["maxTimeMS"] = (long)wait.TotalMilliseconds;
        }

        var reply = await _database.RunCommandAsync(
            _session, new BsonDocumentCommand<CursorReply>(command, _serializer), ReadPreference.PrimaryPreferred, cancellationToken).ConfigureAwait(false);
        _command = null;
        _cursorId = reply.CursorId;
        ResumeToken = reply.ResumeToken;
        _collection = reply.Namespace[(reply.Namespace.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return reply.Count;
    }

    /// <summary>Closes the cursor on the server, so that a stopped backup leaves nothing open there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_cursorId != 0)
        {
            using var timeout = new CancellationTokenSource(KillTimeout);
            try
            {
                var command = new BsonDocument { { "killCursors", _collection }, { "cursors", new BsonArray { _cursorId } } };
                await _database.RunCommandAsync<BsonDocument>(_session, command, ReadPreference.PrimaryPreferred, timeout.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is MongoException or OperationCanceledException or TimeoutException)
            {
                // The server closes an idle cursor by itself after ten minutes; what the caller is doing matters more.
            }
        }

        _session.Dispose();
    }
}
