using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>
/// Follows the oplog while the data is read, so that the backup can be brought to one state. It begins at the oldest open transaction and
/// ends at a position that is read after the last document was, once a majority of the set has it.
/// </summary>
internal sealed class OplogCapture : IAsyncDisposable
{
    // How long the server holds a request back when nothing is new; a backup of an idle server waits for the last one to return.
    private static readonly TimeSpan AwaitTime = TimeSpan.FromMilliseconds(100);

    private readonly MongoConnection _connection;
    private readonly CapturedEntryRules _rules;
    private readonly OplogSpool _spool = new();
    private readonly TaskCompletionSource<OplogPosition> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop;
    private readonly Task _task;
    private readonly TimeSpan _patience;
    private readonly OplogBatch _batch = new();
    private RawCursor? _cursor;
    private OplogPosition? _last;
    private OplogPosition? _mustBegin;
    private long _progress;

    private OplogCapture(MongoConnection connection, NamespaceFilter filter, CaptureStart start, TimeSpan patience, CancellationToken cancellationToken)
    {
        _connection = connection;
        _patience = patience;
        _rules = new CapturedEntryRules(filter, start.Applied);
        Start = start.First;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _task = Task.Run(() => FollowAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>The first entry that is kept.</summary>
    public OplogPosition Start { get; }

    /// <summary>How often it went on after a lost connection.</summary>
    public int ResumeCount { get; private set; }

    /// <summary>Ends when the capture ended or failed; a dump stops early when it fails.</summary>
    public Task Completion => _task;

    /// <summary>Finds where to begin and begins.</summary>
    public static Task<OplogCapture> StartAsync(MongoConnection connection, NamespaceFilter filter, CancellationToken cancellationToken) =>
        StartAsync(connection, filter, MajorityWait.DefaultPatience, cancellationToken);

    /// <inheritdoc cref="StartAsync(MongoConnection, NamespaceFilter, CancellationToken)" />
    /// <param name="connection">The node that is read.</param>
    /// <param name="filter">What is backed up.</param>
    /// <param name="patience">How long a majority of the set may take to have what the node has.</param>
    /// <param name="cancellationToken">Stops the capture.</param>
    internal static async Task<OplogCapture> StartAsync(MongoConnection connection, NamespaceFilter filter, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            var start = await CaptureStart.FindAsync(connection, filter, patience, cancellationToken).ConfigureAwait(false);
            return new OplogCapture(connection, filter, start, patience, cancellationToken);
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "find", "local.oplog.rs", connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>
    /// To be called after the last document was read: fixes the end at what this node has now, waits until a majority has it, and returns it.
    /// </summary>
    public async Task<OplogPosition> FinishAsync(CancellationToken cancellationToken)
    {
        var hello = await _connection.RunAsync("admin", new BsonDocument("hello", 1), cancellationToken).ConfigureAwait(false);
        var end = ToPosition(hello["lastWrite"]["opTime"]["ts"].AsBsonTimestamp);
        _end.TrySetResult(end);
        while (true)
        {
            var before = Volatile.Read(ref _progress);
            try
            {
                await _task.WaitAsync(_patience, cancellationToken).ConfigureAwait(false);
                return end;
            }
            catch (TimeoutException exception) when (!_task.IsCompleted)
            {
                // Reading may be behind; as long as entries come, a majority has them.
                if (Volatile.Read(ref _progress) == before)
                {
                    throw MajorityWait.Expired(_patience, _connection.Host, exception);
                }
            }
        }
    }

    /// <summary>The kept entries in order, up to and with the end. Valid after <see cref="FinishAsync" />.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) => _spool.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)_task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _spool.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static OplogPosition ToPosition(BsonTimestamp timestamp) => OplogPosition.FromValue(timestamp.Value);

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await _connection.Retries.RunAsync("find on local.oplog.rs", ReadNextAsync, cancellationToken).ConfigureAwait(false);
            }
            while (!await KeepAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (MongoCommandException exception) when (exception.Code == MongoErrors.CappedPositionLost)
        {
            throw new OplogGapException("the oplog was overwritten faster than it could be read.", exception);
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, _connection.Host, "find", "local.oplog.rs", _connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // Reads the next entries; after a lost connection from the last one that is kept, which is then passed over.
    private async Task<int> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_cursor is null)
            {
                var from = _last ?? Start;
                ResumeCount += _last is null ? 0 : 1;
                _cursor = await OpenAsync(from, cancellationToken).ConfigureAwait(false);
                _mustBegin = from;
            }

            var count = await _cursor.MoveNextAsync(batchSize: null, AwaitTime, cancellationToken).ConfigureAwait(false);
            if (_mustBegin is { } expected && count > 0)
            {
                RequireStart(expected);
                _mustBegin = null;
            }

            return _cursor.IsExhausted ? throw new OplogGapException("the server closed the oplog's cursor.") : count;
        }
        catch (Exception exception) when (MongoErrors.IsTransient(exception))
        {
            await CloseAsync().ConfigureAwait(false);
            _batch.Clear();
            throw;
        }
    }

    private Task<RawCursor> OpenAsync(OplogPosition from, CancellationToken cancellationToken)
    {
        var command = new BsonDocument
        {
            { "find", "oplog.rs" },
            { "filter", new BsonDocument("ts", new BsonDocument("$gte", new BsonTimestamp(from.ToValue()))) },
            { "tailable", true },
            { "awaitData", true },
            { "readConcern", new BsonDocument("level", "majority") },
        };
        return RawCursor.CreateAsync(_connection.Client, "local", command, _batch, cancellationToken);
    }

    private void RequireStart(OplogPosition expected)
    {
        RawBson.TryReadLength(_batch.Entries.Span, out var length);
        var position = OplogEntry.Read(_batch.Entries.Span[..length]).Position;
        if (position != expected)
        {
            throw new OplogGapException($"the entry {expected}, where the capture had to begin, was overwritten; the oldest left is {position}.");
        }
    }

    // Keeps the entries of a batch up to the end, once it is known, and says whether the end was reached.
    private async ValueTask<bool> KeepAsync(CancellationToken cancellationToken)
    {
        var entries = _batch.Entries;
        while (entries.Length > 0)
        {
            RawBson.TryReadLength(entries.Span, out var length);
            var entry = OplogEntry.Read(entries.Span[..length]);
            var isKept = entry.Position == _last;
            _last = entry.Position;
            if (_end.Task.IsCompletedSuccessfully && _last > await _end.Task.ConfigureAwait(false))
            {
                break;
            }

            if (!isKept && _rules.Takes(OplogEntry.Read(entries.Span[..length])))
            {
                await _spool.AppendAsync(entries[..length], cancellationToken).ConfigureAwait(false);
            }

            entries = entries[length..];
        }

        _batch.Clear();
        Volatile.Write(ref _progress, (long)(_last?.ToValue() ?? 0));
        return _end.Task.IsCompletedSuccessfully && _last >= await _end.Task.ConfigureAwait(false);
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
