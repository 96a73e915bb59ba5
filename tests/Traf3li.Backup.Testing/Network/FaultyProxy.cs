using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Traf3li.Backup.Testing.Network;

/// <summary>A TCP proxy that breaks or slows connections: in front of a real server, it is what networks are.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ConnectionAcceptor _connections;
    private readonly IPEndPoint _target;
    private long _cutDownAfter = -1;
    private long _cutUpAfter = -1;
    private long _uploadDue = Stopwatch.GetTimestamp();
    private long _downloadDue = Stopwatch.GetTimestamp();
    private int _cuts;

    /// <summary>Begins to listen.</summary>
    public FaultyProxy(IPEndPoint target)
    {
        _target = target;
        _connections = new ConnectionAcceptor(ServeAsync);
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port => _connections.EndPoint.Port;

    /// <summary>How many bytes a second go from the clients to the server, over all connections; null: as many as there are.</summary>
    public long? UploadRate { get; init; }

    /// <summary>How many bytes a second go from the server to the clients, over all connections; null: as many as there are.</summary>
    public long? DownloadRate { get; init; }

    /// <summary>Bytes that others of the same number stand in for on their way to the server, where they come in one piece; null: none.</summary>
    public (byte[] Bytes, byte[] Replacement)? UploadReplacement { get; init; }

    /// <summary>Connections that were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts the connection, once, when so many more bytes have gone from the server to the client.</summary>
    public void CutDownloadAfter(long bytes) => Interlocked.Exchange(ref _cutDownAfter, bytes);

    /// <summary>Cuts the connection, once, when so many more bytes have gone from the client to the server.</summary>
    public void CutUploadAfter(long bytes) => Interlocked.Exchange(ref _cutUpAfter, bytes);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_target, _connections.Stopping);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_connections.Stopping);
            var up = PumpAsync(near.GetStream(), far.GetStream(), isDownload: false, either.Token);
            var down = PumpAsync(far.GetStream(), near.GetStream(), isDownload: true, either.Token);
            await Task.WhenAny(up, down);
            await either.CancelAsync();
            near.Client.LingerState = new LingerOption(enable: true, seconds: 0);
            await Task.WhenAll(up, down);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The connection is over, which is what this proxy is for.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isDownload, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 << 10];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (IsCut(ref isDownload ? ref _cutDownAfter : ref _cutUpAfter, read))
                {
                    Interlocked.Increment(ref _cuts);
                    return;
                }

                if (!isDownload && UploadReplacement is { } change && buffer.AsSpan(0, read).IndexOf(change.Bytes) is >= 0 and var place)
                {
                    change.Replacement.CopyTo(buffer, place);
                }

                if ((isDownload ? DownloadRate : UploadRate) is { } rate)
                {
                    await Task.Delay(Reserve(ref isDownload ? ref _downloadDue : ref _uploadDue, read, rate), cancellationToken);
                }

                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Either end closed: so does the other.
        }
    }

    private TimeSpan Reserve(ref long due, int count, long rate)
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            due = Math.Max(due, now) + (count * Stopwatch.Frequency / rate);
            var wait = Stopwatch.GetElapsedTime(now, due);

            // Timers are no finer than some milliseconds.
            return wait < TimeSpan.FromMilliseconds(10) ? TimeSpan.Zero : wait;
        }
    }

    private static bool IsCut(ref long remaining, int count) =>
        Interlocked.Read(ref remaining) >= 0 && Interlocked.Add(ref remaining, -count) is var left && left < 0 && Interlocked.Exchange(ref remaining, -1) == left;
}
