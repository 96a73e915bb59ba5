using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>
/// The RDB that a server makes for a replica, read straight off its replication stream: one point in time, nothing on anybody's disk but
/// (unless it is diskless) the server's own.
/// </summary>
/// <remarks>
/// <para>
/// Who reads slowly holds the server back. With <see cref="IsRdbOnly" /> that costs the server nothing but the fork that lives longer.
/// Without, it keeps whatever is written meanwhile in memory for us and drops us at <c>client-output-buffer-limit replica</c>; no
/// acknowledgement changes that before the RDB has ended. A diskless transfer is dropped when nothing is taken for <c>repl-timeout</c>.
/// </para>
/// <para>Nothing of what follows the RDB is read: the connection is closed at its last byte.</para>
/// </remarks>
internal sealed class ReplicationSnapshot : IRdbSource
{
    // The marker is looked for in what lies in the buffer, so a large one means few copies.
    private const int BufferSize = 256 << 10;

    private readonly RedisConnection _connection;
    private readonly ReplicationWatchdog _watchdog;
    private readonly ReplicationHandshake _handshake;
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _time;
    private long _lastRead;
    private TimeSpan _longestPause;
    private MarkedEnd? _markedEnd;
    private bool _hasBegun;
    private bool _isComplete;

    private ReplicationSnapshot(RedisConnection connection, ReplicationWatchdog watchdog, ReplicationOptions options, TimeProvider time)
    {
        _connection = connection;
        _watchdog = watchdog;
        _options = options;
        _time = time;
        _handshake = new ReplicationHandshake(connection, watchdog);
        Rdb = new RdbStream(this);
    }

    /// <inheritdoc />
    public Stream Rdb { get; }

    /// <summary>The server.</summary>
    public RedisEndpoint Endpoint => _connection.Node.Endpoint;

    /// <summary>The id of the server's replication stream; null where only SYNC was to be had.</summary>
    public string? ReplicationId => _handshake.ReplicationId;

    /// <summary>The offset in that stream that the RDB stands for, bytes; null where only SYNC was to be had.</summary>
    public long? Offset => _handshake.Offset;

    /// <inheritdoc />
    public IReadOnlyList<string> Warnings => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Notes => [];

    /// <summary>How the end is marked.</summary>
    public ReplicationFraming Framing => _handshake.Marker is null ? ReplicationFraming.Length : ReplicationFraming.Marker;

    /// <summary>The length of the RDB, bytes; null where a marker ends it.</summary>
    public long? Length => _handshake.Length;

    /// <summary>Bytes of the RDB read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether all of it was read.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Whether the server agreed to send nothing but the RDB.</summary>
    public bool IsRdbOnly => _handshake.IsRdbOnly;

    /// <summary>The server's version; null when the user may not run INFO.</summary>
    public string? ServerVersion => _handshake.ServerVersion;

    /// <summary><c>redis</c> or <c>valkey</c>; null when the user may not run INFO.</summary>
    public string? ServerKind => _handshake.ServerKind;

    /// <summary>Connects, asks for a full synchronisation, and waits until the RDB begins.</summary>
    /// <param name="node">The server; a replica gives its own copy.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait; reads have tokens of their own.</param>
    /// <exception cref="ReplicationRefusedException">The server knows or allows neither PSYNC nor SYNC.</exception>
    /// <exception cref="NotAuthorizedException">The user lacks a right, which is named.</exception>
    /// <exception cref="OperationTimedOutException">A limit ran out; the message says what the server was doing.</exception>
    /// <exception cref="ServerFailedException">It is loading, a replica without its primary, cannot fork, or broke off.</exception>
    public static async Task<ReplicationSnapshot> OpenAsync(
        RedisNode node, ReplicationOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var watchdog = new ReplicationWatchdog(options, time);
        ReplicationSnapshot? snapshot = null;
        try
        {
            var connection = await RedisConnection.OpenAsync(
                node, options.Connection with { BufferSize = BufferSize, IsBulk = true }, time, cancellationToken).ConfigureAwait(false);
            snapshot = new ReplicationSnapshot(connection, watchdog, options, time);
            await snapshot.BeginAsync(cancellationToken).ConfigureAwait(false);
            return snapshot;
        }
        catch
        {
            if (snapshot is not null)
            {
                await snapshot.DisposeAsync().ConfigureAwait(false);
            }

            watchdog.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _watchdog.Dispose();
        return _connection.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _handshake.IntroduceAsync(cancellationToken).ConfigureAwait(false);
        _watchdog.BeginPreparation();
        await GuardAsync(
            async () =>
            {
                await _handshake.RequestAsync(_watchdog.Token).ConfigureAwait(false);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);
        _watchdog.EndPreparation();
        _connection.WaitInPlace();
        _hasBegun = true;
        _markedEnd = _handshake.Marker is { } marker ? new MarkedEnd(_connection.Reader, marker) : null;
        _lastRead = _time.GetTimestamp();
    }

    private async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_isComplete || destination.IsEmpty)
        {
            return 0;
        }

        var pause = _time.GetElapsedTime(_lastRead);
        _longestPause = pause > _longestPause ? pause : _longestPause;
        var read = await GuardAsync(
            () => _markedEnd is { } end ? ReadToMarkerAsync(destination, end) : ReadToLengthAsync(destination, _handshake.Length!.Value),
            cancellationToken).ConfigureAwait(false);
        BytesRead += read;
        _lastRead = _time.GetTimestamp();
        if (read == 0)
        {
            // A server that goes on sending, or that keeps a fork or buffers for us, is to be rid of us at once.
            _isComplete = true;
            await DisposeAsync().ConfigureAwait(false);
        }

        return read;
    }

    private async ValueTask<int> ReadToLengthAsync(Memory<byte> destination, long length)
    {
        var left = length - BytesRead;
        if (left == 0)
        {
            return 0;
        }

        _watchdog.BeginWait();
        var read = await _connection.Reader.ReadAsync(destination[..(int)Math.Min(left, destination.Length)], _watchdog.Token).ConfigureAwait(false);
        _watchdog.EndWait();
        return read > 0 ? read : throw RespException.Closed();
    }

    private async ValueTask<int> ReadToMarkerAsync(Memory<byte> destination, MarkedEnd end)
    {
        while (true)
        {
            if (end.Take(destination.Span) is { } taken)
            {
                return taken;
            }

            _watchdog.BeginWait();
            var filled = await _connection.Reader.FillAsync(_watchdog.Token).ConfigureAwait(false);
            _watchdog.EndWait();
            if (filled == 0)
            {
                throw RespException.Closed();
            }
        }
    }

    private async ValueTask<int> GuardAsync(Func<ValueTask<int>> work, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static watchdog => ((ReplicationWatchdog)watchdog!).Cancel(), _watchdog);
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_watchdog.Expired == ReplicationLimit.None)
            {
                throw;
            }

            // Asked before our connection is closed, which may end the very save that is asked about.
            var activity = await ServerActivity.AskAsync(_connection.Node, _time, cancellationToken).ConfigureAwait(false);
            throw Failure().TimedOut(_watchdog.Expired, _options, activity, exception);
        }
        catch (RespException exception) when (!exception.IsClosed)
        {
            throw RedisErrors.Translate(exception, _connection.Node, hasAnswered: true)!;
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var activity = await ServerActivity.AskAsync(_connection.Node, _time, cancellationToken).ConfigureAwait(false);
            throw Failure().BrokenOff(activity, exception);
        }
    }

    private ReplicationFailure Failure() => new()
    {
        Node = _connection.Node,
        Received = BytesRead,
        Length = Length,
        HasBegun = _hasBegun,
        IsRdbOnly = IsRdbOnly,
        Elapsed = _watchdog.Elapsed,
        LongestPause = _longestPause,
    };

    private sealed class RdbStream(ReplicationSnapshot snapshot) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            snapshot.ReadAsync(buffer, cancellationToken);
    }
}
