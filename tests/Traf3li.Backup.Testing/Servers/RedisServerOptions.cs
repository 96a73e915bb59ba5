namespace Traf3li.Backup.Testing.Servers;

/// <summary>How to start a redis-server.</summary>
public sealed record RedisServerOptions
{
    /// <summary>The program, such as <see cref="NewerRedis" /> finds; null: what <see cref="RedisLocator" /> finds.</summary>
    public string? Program { get; init; }

    /// <summary>The password of the user <c>default</c>; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>The lines of an ACL file, such as <c>user default on nopass ~* &amp;* +@all</c>; empty: none.</summary>
    public IReadOnlyList<string> AclLines { get; init; } = [];

    /// <summary>Speaks TLS only, with these files; null: no TLS.</summary>
    public TestCertificates? Tls { get; init; }

    /// <summary>The TCP port of the primary on 127.0.0.1 that this is a replica of; null: none.</summary>
    public int? ReplicaOf { get; init; }

    /// <summary>A node of a cluster, with no slots yet.</summary>
    public bool Cluster { get; init; }

    /// <summary>A Sentinel, which is told what to watch by <see cref="Lines" />.</summary>
    public bool Sentinel { get; init; }

    /// <summary>An RDB file that it starts from; null: it starts empty.</summary>
    public string? Rdb { get; init; }

    /// <summary>The user it runs as, by setpriv; null: whoever runs the test.</summary>
    public int? UserId { get; init; }

    /// <summary>Further lines of its configuration.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}
