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
    private OplogPosition _last;

    private OplogCapture(MongoConnection connection, NamespaceFilter filter, CaptureStart start, CancellationToken cancellationToken)
    {
        _connection = connection;
        _rules = new CapturedEntryRules(filter, start.Applied);
        Start = start.First;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _task = Task.Run(() => FollowAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>The first entry that is kept.</summary>
    public OplogPosition Start { get; }

    /// <summary>Ends when the capture ended or failed; a dump stops early when it fails.</summary>
    public Task Completion => _task;

    /// <summary>Finds where to begin and begins.</summary>
    public static async Task<OplogCapture> StartAsync(MongoConnection connection, NamespaceFilter filter, CancellationToken cancellationToken)
    {
        try
        {
            var start = await CaptureStart.FindAsync(connection, filter, cancellationToken).ConfigureAwait(false);
            return new OplogCapture(connection, filter, start, cancellationToken);
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "find", "local.oplog.rs") is { } translated)
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
        await _task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return end;
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
            var batch = new OplogBatch();
            var command = new BsonDocument
            {
                { "find", "oplog.rs" },
                { "filter", new BsonDocument("ts", new BsonDocument("$gte", new BsonTimestamp(Start.ToValue()))) },
                { "tailable", true },
                { "awaitData", true },
                { "readConcern", new BsonDocument("level", "majority") },
            };
            var cursor = await RawCursor.CreateAsync(_connection.Client, "local", command, batch, cancellationToken).ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                var first = true;
                while (true)
                {
                    var count = await cursor.MoveNextAsync(batchSize: null, AwaitTime, cancellationToken).ConfigureAwait(false);
                    if (first && count > 0)
                    {
                        RequireStart(batch);
                        first = false;
                    }

                    if (await KeepAsync(batch, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }

                    if (cursor.IsExhausted)
                    {
                        throw new OplogGapException("the server closed the oplog's cursor.");
                    }
                }
            }
        }
        catch (MongoCommandException exception) when (exception.Code == MongoErrors.CappedPositionLost)
        {
            throw new OplogGapException("the oplog was overwritten faster than it could be read.", exception);
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, _connection.Host, "find", "local.oplog.rs") is { } translated)
        {
            throw translated;
        }
    }

    private void RequireStart(OplogBatch batch)
    {
        RawBson.TryReadLength(batch.Entries.Span, out var length);
        var position = OplogEntry.Read(batch.Entries.Span[..length]).Position;
        if (position != Start)
        {
            throw new OplogGapException($"the entry {Start}, where the capture had to begin, was overwritten; the oldest left is {position}.");
        }
    }

    // Keeps the entries of a batch up to the end, once it is known, and says whether the end was reached.
    private async ValueTask<bool> KeepAsync(OplogBatch batch, CancellationToken cancellationToken)
    {
        var entries = batch.Entries;
        while (entries.Length > 0)
        {
            RawBson.TryReadLength(entries.Span, out var length);
            var entry = OplogEntry.Read(entries.Span[..length]);
            _last = entry.Position;
            if (_end.Task.IsCompletedSuccessfully && _last > await _end.Task.ConfigureAwait(false))
            {
                break;
            }

            if (_rules.Takes(OplogEntry.Read(entries.Span[..length])))
            {
                await _spool.AppendAsync(entries[..length], cancellationToken).ConfigureAwait(false);
            }

            entries = entries[length..];
        }

        batch.Clear();
        return _end.Task.IsCompletedSuccessfully && _last >= await _end.Task.ConfigureAwait(false);
    }
}
