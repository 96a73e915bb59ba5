using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// Reads a collection once in natural order. When the connection is lost it goes on behind the last batch that came whole, by the server's
/// resume tokens (<c>$_requestResumeToken</c>, <c>$_resumeAfter</c>; mongo/src/mongo/db/query/find_command.idl): no document is lost or
/// comes twice. Where there are none (through a mongos), a lost connection ends it once something was read.
/// </summary>
internal sealed class CollectionScan : IAsyncDisposable
{
    private const int KeptTokens = 1_000;
    private const int LongestSearch = 20;

    private readonly MongoConnection _connection;
    private readonly SourceNode _node;
    private readonly DumpItem _item;
    private readonly BsonDocument _find;
    private readonly SegmentSink _sink;
    private readonly RecordSearch _search;
    private readonly Queue<BsonDocument> _tokens = new();
    private RawCursor? _cursor;
    private BsonDocument? _after;
    private bool _asksForTokens;
    private bool _hasRead;

    /// <param name="connection">The node that is read.</param>
    /// <param name="node">What must not change of it.</param>
    /// <param name="item">The collection.</param>
    /// <param name="find">The find command, with the read concern.</param>
    /// <param name="sink">Takes the documents.</param>
    public CollectionScan(MongoConnection connection, SourceNode node, DumpItem item, BsonDocument find, SegmentSink sink)
    {
        _connection = connection;
        _node = node;
        _item = item;
        _find = find;
        _sink = sink;
        _search = new RecordSearch(connection, item.ReadDatabase, find);
        _asksForTokens = item.IsReadInNaturalOrder && connection.Topology != ServerTopology.Sharded;
    }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsExhausted => WasInterrupted || _cursor is { IsExhausted: true };

    /// <summary>Whether the collection had been dropped or replaced when the scan was to go on after a lost connection.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>The id of the last record read; null where the server does not say it.</summary>
    public BsonValue? Position { get; private set; }

    /// <summary>How often it went on after a lost connection.</summary>
    public int ResumeCount { get; private set; }

    private string Name => $"{_item.ReadDatabase}.{_find["find"]}";

    /// <summary>Reads the next batch, over lost connections.</summary>
    public async Task MoveNextAsync(int batchSize, CancellationToken cancellationToken) =>
        await _connection.Retries.RunAsync($"find on {Name}", token => AttemptAsync(batchSize, token), cancellationToken).ConfigureAwait(false);

    /// <summary>The id of the collection's last record at this moment; null when it is empty.</summary>
    public Task<BsonValue?> FindLastAsync(CancellationToken cancellationToken) => _search.FindLastAsync(cancellationToken);

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task<int> AttemptAsync(int batchSize, CancellationToken cancellationToken)
    {
        var before = _sink.Count;
        try
        {
            return await ReadAsync(batchSize, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (MongoErrors.IsTransient(exception))
        {
            await CloseAsync().ConfigureAwait(false);
            var isLost = _sink.Count != before || (_hasRead && Position is null);
            if (isLost && MongoErrors.Translate(exception, _connection.Host, "find", Name, _connection.SocketTimeout) is { } final)
            {
                throw final;
            }

            throw;
        }
    }

    private async Task<int> ReadAsync(int batchSize, CancellationToken cancellationToken)
    {
        for (var searches = 0; ;)
        {
            try
            {
                _cursor ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                var count = WasInterrupted ? 0 : await _cursor.MoveNextAsync(batchSize, maxAwait: null, cancellationToken).ConfigureAwait(false);
                Keep(_cursor.ResumeToken);
                return count;
            }
            catch (MongoCommandException exception) when (_asksForTokens && !_hasRead && MongoErrors.RefusesField(exception))
            {
                await CloseAsync().ConfigureAwait(false);
                _asksForTokens = false;
            }
            catch (MongoCommandException exception) when (exception.Code == MongoErrors.CappedPositionLost || (exception.Code == MongoErrors.KeyNotFound && _item.IsCapped))
            {
                throw new ServerFailedException("find", Name, "its documents were overwritten faster than they could be read.", exception);
            }
            catch (MongoCommandException exception) when (exception.Code == MongoErrors.KeyNotFound && Position is not null && searches < LongestSearch)
            {
                // The record has been deleted. All before it was read, so the one before it that is still there will do, or the beginning.
                searches++;
                await CloseAsync().ConfigureAwait(false);
                _after = await _search.FindAtOrBeforeAsync(Position, _tokens, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<RawCursor> OpenAsync(CancellationToken cancellationToken)
    {
        var command = (BsonDocument)_find.DeepClone();
        if (_asksForTokens)
        {
            command["$_requestResumeToken"] = true;
        }

        if (_hasRead && _after is not null)
        {
            command["$_resumeAfter"] = _after;
        }

        var cursor = await RawCursor.CreateAsync(_connection.Client, _item.ReadDatabase, command, _sink, cancellationToken).ConfigureAwait(false);
        if (!_hasRead)
        {
            return cursor;
        }

        try
        {
            // Without documents as yet: the cursor has to be that of the same collection of the same node first.
            await cursor.MoveNextAsync(batchSize: 0, maxAwait: null, cancellationToken).ConfigureAwait(false);
            await _node.RequireUnchangedAsync(cancellationToken).ConfigureAwait(false);
            var uuid = (await new CollectionCatalog(_connection).FindAsync(_item.ReadDatabase, _find["find"].AsString, cancellationToken).ConfigureAwait(false))?.Uuid;
            WasInterrupted = uuid is null || (_item.StorageUuid is { } expected && uuid != expected);
            ResumeCount++;
            return cursor;
        }
        catch
        {
            await cursor.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Keep(BsonDocument? token)
    {
        _hasRead = true;
        if (RecordId.In(token) is not { } position || position == Position)
        {
            return;
        }

        Position = position;
        _after = token;
        _tokens.Enqueue(token!);
        if (_tokens.Count > KeptTokens)
        {
            _tokens.Dequeue();
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_cursor is not null)
        {
            await _cursor.DisposeAsync().ConfigureAwait(false);
            _cursor = null;
        }
    }
}
