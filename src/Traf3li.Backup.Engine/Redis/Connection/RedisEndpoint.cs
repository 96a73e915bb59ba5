using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Where a server listens: a host and a TCP port, or the path of a unix socket.</summary>
internal sealed record RedisEndpoint
{
    private RedisEndpoint(string host, int port, string? path)
    {
        Host = host;
        Port = port;
        Path = path;
    }

    /// <summary>The name or address; empty for a unix socket.</summary>
    public string Host { get; }

    /// <summary>The TCP port; 0 for a unix socket.</summary>
    public int Port { get; }

    /// <summary>The path of the unix socket; null for TCP.</summary>
    public string? Path { get; }

    /// <summary>A host and a TCP port.</summary>
    public static RedisEndpoint Tcp(string host, int port) => new(host, port, null);

    /// <summary>A unix socket.</summary>
    public static RedisEndpoint Unix(string path) => new("", 0, path);

    /// <summary>What a socket connects to.</summary>
    public EndPoint ToEndPoint() =>
        Path is not null ? new UnixDomainSocketEndPoint(Path)
        : IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port)
        : new DnsEndPoint(Host, Port);

    /// <summary><c>host:port</c>, <c>[v6]:port</c> or <c>unix:path</c>.</summary>
    public override string ToString()
    {
        if (Path is not null)
        {
            return "unix:" + Path;
        }

        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return host + ":" + Port.ToString(CultureInfo.InvariantCulture);
    }
}
