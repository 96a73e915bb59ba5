using System.Net;
using System.Net.Sockets;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>Finds ports for servers.</summary>
public static class FreePort
{
    /// <summary>A TCP port of 127.0.0.1 that is free now.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
