using System.Buffers.Text;
using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// One connection on which many commands are under way at once, with arguments of any bytes and any length in bounded memory. Replies come in
/// the order of the commands to the handler that was given with each; nothing is allocated for a command.
/// <para>
/// A command is begun with the number of its arguments, and then they follow. The methods that write wait on the caller's thread while too
/// much is unanswered: they are for a thread of one's own. Those whose names end on Async hold none. One caller at a time.
/// </para>
/// <para>
/// What ends the connection comes out of the next call as a <see cref="BackupException" />: a lost connection, a server that answers nothing, what
/// a handler threw. Then, and after a cancellation, the pipeline is of no more use. While nobody uses it, a PING now and then keeps the server
/// from closing it.
/// </para>
/// </summary>
internal sealed class RedisPipeline : IAsyncDisposable
{
    private static readonly byte[] LineEnd = [(byte)'\r', (byte)'\n'];
    private static readonly byte[] Ping = "PING"u8.ToArray();

    private readonly RedisConnection _connection;
    private readonly RedisConnectionOptions _options;
    private readonly PipelineEnd _end = new();
    private readonly RespSender _sender;
    private readonly PendingReplies _pending;
    private readonly PipelineReceiver _receiver;
    private readonly WriterGate _gate = new();
    private readonly ITimer _timer;
    private readonly Task _work;
    private int _arguments;
    private long _argumentBytes;

    private RedisPipeline(RedisConnection connection, RedisConnectionOptions options, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _sender = new RespSender(connection.Stream, _end);
        _pending = new PendingReplies(options.MostUnansweredCommands, _end);
        _receiver = new PipelineReceiver(connection, _pending, _sender, _end, options, time);
        var period = TimeSpan.FromSeconds(Math.Clamp(Math.Min(options.AnswerTimeout.TotalSeconds, options.KeepAlive.TotalSeconds) / 4, 0.01, 1));
        _timer = time.CreateTimer(static pipeline => ((RedisPipeline)pipeline!).OnTimer(), this, period, period);
        var receiving = Task.Run(() => _receiver.GuardAsync(_receiver.RunAsync()), CancellationToken.None);
        var sending = Task.Run(() => _receiver.GuardAsync(_sender.RunAsync(_receiver.OnMoved), receiving), CancellationToken.None);
        _work = Task.WhenAll(receiving, sending);
    }

    /// <summary>The server.</summary>
    public RedisNode Node => _connection.Node;

    /// <summary>Ends the waits of the methods that write, which then throw; set by whoever writes.</summary>
    public CancellationToken Cancellation
    {
        get => _end.Caller;
        set => _end.Caller = value;
    }

    /// <summary>Connects, logs in, and selects the node's database.</summary>
    /// <param name="node">The server.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting for this.</param>
    public static async Task<RedisPipeline> OpenAsync(
        RedisNode node, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        try
        {
            if (node.Database != 0)
            {
                await connection.CallAsync("SELECT", ["SELECT", node.Database.ToString(CultureInfo.InvariantCulture)], cancellationToken).ConfigureAwait(false);
            }

            return new RedisPipeline(connection, options, time);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins a command; waits while too much is unanswered.</summary>
    /// <param name="arguments">How many arguments follow, the command's own words among them.</param>
    /// <param name="handler">Gets the reply.</param>
    /// <param name="tag">Goes to the handler.</param>
    public void BeginCommand(int arguments, IRespHandler handler, long tag = 0)
    {
        if (_arguments != 0)
        {
            throw new InvalidOperationException("The command before is not complete.");
        }

        _end.ThrowIfSet();
        _gate.Enter();
        if (!_pending.IsBelow(_options.MostUnansweredCommands - 1, _options.MostUnansweredBytes, _sender.Written))
        {
            FlushAll();
            _pending.Wait(_options.MostUnansweredCommands / 2, _options.MostUnansweredBytes / 2, _sender.Written);
        }

        _pending.Add(handler, tag, _sender.Written);
        _arguments = arguments;
        _sender.WriteHeader((byte)'*', arguments);
    }

    /// <summary>An argument.</summary>
    public void Argument(scoped ReadOnlySpan<byte> bytes)
    {
        BeginArgument(bytes.Length);
        Piece(bytes);
    }

    /// <summary>An argument that is a number.</summary>
    public void Argument(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Argument(digits[..length]);
    }

    /// <summary>An argument whose bytes are to be written into a span, before anything else is done; another has to follow. False where it is too long for that.</summary>
    public bool TryArgument(int length, out Span<byte> bytes)
    {
        if (_arguments <= 1 || _argumentBytes != 0)
        {
            throw new InvalidOperationException("No such argument is expected.");
        }

        if (length > RespSender.ChunkSize - LineEnd.Length)
        {
            bytes = [];
            return false;
        }

        _sender.WriteHeader((byte)'$', length);
        bytes = _sender.Reserve(length + LineEnd.Length);
        LineEnd.CopyTo(bytes[length..]);
        bytes = bytes[..length];
        _arguments--;
        return true;
    }

    /// <summary>Begins an argument whose bytes follow by <see cref="Piece" />.</summary>
    /// <param name="length">Their number.</param>
    public void BeginArgument(long length)
    {
        if (_arguments == 0 || _argumentBytes != 0)
        {
            throw new InvalidOperationException("No argument is expected.");
        }

        _sender.WriteHeader((byte)'$', length);
        _argumentBytes = length;
        if (length == 0)
        {
            EndArgument();
        }
    }

    /// <summary>A piece of the argument that was begun.</summary>
    public void Piece(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _argumentBytes)
        {
            throw new InvalidOperationException("The argument is longer than was said.");
        }

        if (!bytes.IsEmpty)
        {
            _sender.Write(bytes);
            _argumentBytes -= bytes.Length;
            if (_argumentBytes == 0)
            {
                EndArgument();
            }
        }
    }

    /// <summary>Sends what was gathered. Commands are sent at the latest when 128 KiB are gathered, or when something is waited for.</summary>
    public void Flush()
    {
        _end.ThrowIfSet();
        _gate.Enter();
        FlushAll();
        if (_arguments == 0)
        {
            _gate.Leave();
        }
    }

    /// <summary>Sends what was gathered and waits until everything is answered.</summary>
    public void Drain()
    {
        Flush();
        _pending.Wait(0, 0, _sender.Written);
    }

    /// <summary>The same without holding a thread.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _end.Caller = cancellationToken;
        _gate.Enter();
        await FlushAsync().ConfigureAwait(false);
        _gate.Leave();
        await _pending.WaitAsync(0, 0, _sender.Written).ConfigureAwait(false);
    }

    /// <summary>Runs a few commands at once.</summary>
    /// <param name="commands">The commands, at most <see cref="RedisConnectionOptions.MostUnansweredCommands" />.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Their replies, errors among them. Together they take at most <see cref="RedisConnectionOptions.LargestReply" /> bytes; strings that
    /// do not fit are passed over and come as <see cref="RespKind.Omitted" />.</returns>
    public async Task<IReadOnlyList<RespValue>> CallManyAsync(IReadOnlyList<RespCommand> commands, CancellationToken cancellationToken)
    {
        if (commands.Count == 0)
        {
            return [];
        }

        if (commands.Count > _options.MostUnansweredCommands)
        {
            throw new ArgumentOutOfRangeException(nameof(commands));
        }

        _end.Caller = cancellationToken;
        _end.ThrowIfSet();
        _gate.Enter();
        await _pending.WaitAsync(_options.MostUnansweredCommands - commands.Count, _options.MostUnansweredBytes, _sender.Written).ConfigureAwait(false);
        var batch = new ReplyBatch(commands.Count, _options.LargestReply);
        for (var index = 0; index < commands.Count; index++)
        {
            await AppendAsync(commands[index], batch, index).ConfigureAwait(false);
        }

        await FlushAsync().ConfigureAwait(false);
        _gate.Leave();
        return await _end.WaitAsync(batch.Replies).ConfigureAwait(false);
    }

    /// <summary>Runs a command whose reply is one string of any length, which goes into a stream in pieces of at most 64 KiB.</summary>
    /// <param name="command">The command.</param>
    /// <param name="destination">Gets the string; what it throws comes out and ends the pipeline.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The length, bytes; null for nil.</returns>
    public async Task<long?> CopyBulkAsync(RespCommand command, Stream destination, CancellationToken cancellationToken)
    {
        _end.Caller = cancellationToken;
        _end.ThrowIfSet();
        _gate.Enter();
        await _pending.WaitAsync(_options.MostUnansweredCommands - 1, _options.MostUnansweredBytes, _sender.Written).ConfigureAwait(false);
        var copy = new ReplyCopy(destination);
        await AppendAsync(command, copy, 0).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        _gate.Leave();
        var reply = await _end.WaitAsync(copy.Reply).ConfigureAwait(false);
        return reply.Kind switch
        {
            RespKind.Error => throw RedisErrors.Translate(reply.Text, Node, command.Name),
            RespKind.Null => null,
            _ => reply.Integer,
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _end.Set(new ObjectDisposedException(nameof(RedisPipeline)));
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _sender.Dispose();
        _pending.Dispose();
        _end.Dispose();
    }

    private void FlushAll()
    {
        _end.ThrowIfSet();
        _receiver.OnFlush(_arguments == 0 ? _pending.Begun : _pending.Begun - 1);
        _sender.Flush();
    }

    private void OnTimer()
    {
        _receiver.CheckTime();
        if (!_end.Token.IsCancellationRequested && _receiver.IsIdleFor(_options.KeepAlive) && _gate.TryEnter())
        {
            // As nothing is on its way, there is room for it, and nothing is waited for.
            if (_pending.Begun == _pending.Answered)
            {
                _pending.Add(IgnoredReply.Instance, 0, _sender.Written);
                _sender.WriteHeader((byte)'*', 1);
                _sender.WriteHeader((byte)'$', Ping.Length);
                _sender.Write(Ping);
                _sender.Write(LineEnd);
            }

            _receiver.OnFlush(_pending.Begun);
            _sender.Flush();
            _gate.Exit();
        }
    }

    private async ValueTask AppendAsync(RespCommand command, IRespHandler handler, long tag)
    {
        _pending.Add(handler, tag, _sender.Written);
        await _sender.WriteHeaderAsync((byte)'*', command.Arguments.Count).ConfigureAwait(false);
        foreach (var argument in command.Arguments)
        {
            await _sender.WriteHeaderAsync((byte)'$', argument.Length).ConfigureAwait(false);
            await _sender.WriteAsync(argument).ConfigureAwait(false);
            await _sender.WriteAsync(LineEnd).ConfigureAwait(false);
        }
    }

    private ValueTask FlushAsync()
    {
        _end.ThrowIfSet();
        _receiver.OnFlush(_pending.Begun);
        return _sender.FlushAsync();
    }

    private void EndArgument()
    {
        _sender.Write(LineEnd);
        if (--_arguments == 0)
        {
            _gate.Leave();
        }
    }
}
