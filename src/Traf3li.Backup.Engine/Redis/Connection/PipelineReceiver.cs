namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Receives the replies of a <see cref="RedisPipeline" /> and watches that they come.</summary>
internal sealed class PipelineReceiver
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly RedisConnection _connection;
    private readonly PendingReplies _pending;
    private readonly RespSender _sender;
    private readonly PipelineEnd _end;
    private readonly RedisConnectionOptions _options;
    private readonly TimeProvider _time;
    private long _flushed;
    private long _movedAt;
    private bool _hasAnswered;
    private volatile bool _isHandingOver;

    public PipelineReceiver(
        RedisConnection connection, PendingReplies pending, RespSender sender, PipelineEnd end, RedisConnectionOptions options, TimeProvider time)
    {
        _connection = connection;
        _pending = pending;
        _sender = sender;
        _end = end;
        _options = options;
        _time = time;
        _hasAnswered = connection.Node.Password is not null || connection.Node.Database != 0;
        connection.Reader.Filled = OnMoved;
        OnMoved();
    }

    private bool IsServerDue => _sender.IsSending || Volatile.Read(ref _flushed) > _pending.Answered;

    /// <summary>Whether nothing was to be sent or answered for so long.</summary>
    public bool IsIdleFor(TimeSpan time) => !IsServerDue && _time.GetElapsedTime(Volatile.Read(ref _movedAt)) >= time;

    /// <summary>Something was sent or received.</summary>
    public void OnMoved() => Volatile.Write(ref _movedAt, _time.GetTimestamp());

    /// <summary>So many commands, of all, are about to be sent whole.</summary>
    public void OnFlush(long commands)
    {
        if (!IsServerDue)
        {
            OnMoved();
        }

        Volatile.Write(ref _flushed, commands);
    }

    /// <summary>Ends the pipeline when the server has been silent for too long.</summary>
    public void CheckTime()
    {
        if (IsServerDue && !_isHandingOver && _time.GetElapsedTime(Volatile.Read(ref _movedAt)) > _options.AnswerTimeout)
        {
            _end.Set(new OperationTimedOutException(
                $"An answer of {_connection.Node.Endpoint}",
                RedisErrors.Seconds(_options.AnswerTimeout),
                "Look at the load of the server and at long commands or scripts on it (SLOWLOG GET), then run it again."));
        }
    }

    /// <summary>Receives until the pipeline ends.</summary>
    public async Task RunAsync()
    {
        var reader = _connection.Reader;
        while (true)
        {
            if (reader.Buffered.IsEmpty)
            {
                if (await reader.FillAsync(_end.Token).ConfigureAwait(false) == 0)
                {
                    throw RespException.Closed();
                }
            }

            var entry = _pending.Oldest();
            if (entry.Handler is not { } handler)
            {
                // What a server says unasked is why it closes.
                var unasked = await reader.ReadValueAsync(_options.LargestReply, _end.Token).ConfigureAwait(false);
                throw unasked.IsError ? RedisErrors.Translate(unasked.Text, _connection.Node, "a connection") : new RespException("it sent a reply that nobody asked for");
            }

            handler.OnReply(entry.Tag, await ReadAsync(reader, handler).ConfigureAwait(false));
            _hasAnswered = true;
            _pending.Take();
        }
    }

    /// <summary>Makes what a part of the pipeline throws the pipeline's end.</summary>
    public async Task GuardAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _end.Set(RedisErrors.Translate(exception, _connection.Node, _hasAnswered) ?? exception);
        }
    }

    /// <summary>The same for sending. A server that closes says why before, and that has still to be received.</summary>
    public async Task GuardAsync(Task sending, Task receiving)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (exception is IOException)
            {
                await Task.WhenAny(receiving, Task.Delay(LastWords, _time, _end.Token)).ConfigureAwait(false);
            }

            _end.Set(RedisErrors.Translate(exception, _connection.Node, _hasAnswered) ?? exception);
        }
    }

    private async ValueTask HandOnAsync(Stream destination, ReadOnlyMemory<byte> piece)
    {
        _isHandingOver = true;
        await destination.WriteAsync(piece, _end.Token).ConfigureAwait(false);
        OnMoved();
        _isHandingOver = false;
    }

    private async ValueTask<RespValue> ReadAsync(RespReader reader, IRespHandler handler)
    {
        switch (handler)
        {
            case ReplyCopy copy:
                return await reader.CopyBulkAsync(piece => HandOnAsync(copy.Destination, piece), _end.Token).ConfigureAwait(false);
            case ReplyBatch batch:
                (var value, batch.Room) = await reader.ReadFittingAsync(batch.Room, _end.Token).ConfigureAwait(false);
                return value;
            default:
                return reader.TryTakeUsual(out var usual) ? usual : await reader.ReadValueAsync(_options.LargestReply, _end.Token).ConfigureAwait(false);
        }
    }
}
