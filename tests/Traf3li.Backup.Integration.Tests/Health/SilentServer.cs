using System.Net;
using System.Net.Sockets;

namespace Traf3li.Backup.Integration.Tests.Health;

/// <summary>Takes connections and never answers, as a server does whose disk is gone.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Begins to listen.</summary>
    public SilentServer() => _listener.Start();

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint => _listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();
}
