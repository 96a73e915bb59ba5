using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// One connection to one server for a few commands, one after the other (it does not pipeline). Errors come out as
/// <see cref="BackupException" />; after an error other than an error reply the connection is of no more use.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly BlockingSocketStream? _blocking;
    private readonly RedisConnectionOptions _options;
    private readonly TimeProvider _time;
    private bool _hasAnswered;

    private RedisConnection(Stream stream, BlockingSocketStream? blocking, RedisNode node, RedisConnectionOptions options, TimeProvider time)
    {
        _stream = stream;
        _blocking = blocking;
        _options = options;
        _time = time;
        Node = node;
        Reader = new RespReader(stream, options.BufferSize);
    }

    /// <summary>The server.</summary>
    public RedisNode Node { get; }

    /// <summary>What comes from the server, for whoever takes the connection over for another protocol.</summary>
    public RespReader Reader { get; }

    /// <summary>The bytes to the server, for the same.</summary>
    public Stream Stream => _stream;

    /// <summary>From now on a connection for a bulk transfer waits for the server's bytes on the thread that reads them.</summary>
    public void WaitInPlace() => _blocking!.WaitsInPlace = true;

    /// <summary>Connects and logs in, where the node has a password.</summary>
    public static async Task<RedisConnection> OpenAsync(
        RedisNode node, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var (stream, blocking) = await RedisTransport.ConnectAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        var connection = new RedisConnection(stream, blocking, node, options, time);
        try
        {
            if (node.Password is not null)
            {
                string[] login = node.UserName is null ? ["AUTH", node.Password] : ["AUTH", node.UserName, node.Password];
                await connection.CallAsync("AUTH", login, cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a command.</summary>
    /// <param name="name">Its name for errors, with its subcommand: <c>CONFIG GET</c> needs the right <c>+config|get</c>.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="cancellationToken">Stops waiting; the connection is of no more use then.</param>
    /// <returns>The reply; never an error.</returns>
    public async Task<RespValue> CallAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var reply = await TryCallAsync(name, arguments, cancellationToken).ConfigureAwait(false);
        return reply.IsError ? throw RedisErrors.Translate(reply.Text, Node, name) : reply;
    }

    /// <summary>Runs a command and gives its reply, which may be an error.</summary>
    public async Task<RespValue> TryCallAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.CommandTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            try
            {
                await SendAsync(arguments, either.Token).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // A server that refuses a client says why before it closes; what it said can still be read.
            }

            var reply = await Reader.ReadValueAsync(_options.LargestReply, either.Token).ConfigureAwait(false);
            _hasAnswered = true;
            return reply;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new OperationTimedOutException(
                $"{name} on {Node.Endpoint}", RedisErrors.Seconds(_options.CommandTimeout), "Run it again; when it stays slow, look at the load of the server.", exception);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception, Node, _hasAnswered) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Sends a command and waits for nothing.</summary>
    public async Task SendAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var message = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{arguments.Count}\r\n");
        foreach (var argument in arguments)
        {
            message.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(argument)}\r\n").Append(argument).Append("\r\n");
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(message.ToString()), cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends commands that are encoded already and waits for nothing.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> commands, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(commands, cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads sections of INFO. Where a server refuses INFO to everybody, as managed services may, what HELLO says stands in for it.</summary>
    /// <param name="section">One section's name, or <c>everything</c>; servers before 7.0 take no more than one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<RedisInfo> InfoAsync(string section, CancellationToken cancellationToken)
    {
        var reply = await TryCallAsync("INFO", ["INFO", section], cancellationToken).ConfigureAwait(false);
        if (!reply.IsError)
        {
            return RedisInfo.Parse(reply.Text);
        }

        return RedisErrors.IsUnknownCommand(reply.Text)
            ? RedisInfo.OfHello(await TryCallAsync("HELLO", ["HELLO"], cancellationToken).ConfigureAwait(false))
            : throw RedisErrors.Translate(reply.Text, Node, "INFO");
    }

    /// <summary>Reads a setting; null where the server or the user's rights refuse it, as managed services do, or have no such setting.</summary>
    public async Task<string?> TryGetSettingAsync(string name, CancellationToken cancellationToken)
    {
        var reply = await TryCallAsync("CONFIG GET", ["CONFIG", "GET", name], cancellationToken).ConfigureAwait(false);
        return reply.Items.Count == 2 ? reply.Items[1].Text : null;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
