using System.Net;
using System.Net.Sockets;

namespace Traf3li.Backup.Testing.Network;

/// <summary>Accepts connections on a free port of 127.0.0.1 and serves each by a task, until it is disposed: what all servers of tests share.</summary>
public sealed class ConnectionAcceptor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<TcpClient, Task> _serve;
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="serve">Serves one connection, which it owns, until <see cref="Stopping" /> or its end.</param>
    public ConnectionAcceptor(Func<TcpClient, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Ends every connection.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(_serve(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }
}
