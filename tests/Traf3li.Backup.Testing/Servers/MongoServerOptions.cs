namespace Traf3li.Backup.Testing.Servers;

/// <summary>Which mongod to start, and how.</summary>
public sealed record MongoServerOptions
{
    /// <summary>The everyday server.</summary>
    public const string Version6 = "6.0.5";

    /// <summary>The server that proves that nothing depends on 6.0's behaviour.</summary>
    public const string Version7 = "7.0.28";

    /// <summary>The version, when the packed servers are used.</summary>
    public string Version { get; init; } = Version6;

    /// <summary>A one-member replica set instead of a standalone.</summary>
    public bool ReplicaSet { get; init; } = true;

    /// <summary>Requires a login; the user <c>root</c> with the password of <see cref="MongoServer.RootPassword" /> is made.</summary>
    public bool Authentication { get; init; }

    /// <summary>Further command-line options of mongod.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>WiredTiger's cache.</summary>
    public double CacheGigabytes { get; init; } = 0.25;
}
