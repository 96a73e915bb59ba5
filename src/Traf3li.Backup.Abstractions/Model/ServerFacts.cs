namespace Traf3li.Backup;

/// <summary>The server as it was when the backup was taken.</summary>
public sealed class ServerFacts
{
    /// <summary>host:port of the node that answered, without credentials.</summary>
    public required string Host { get; init; }

    /// <summary>The server's version, such as <c>6.0.5</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The feature compatibility version; null when the user may not read it.</summary>
    public string? FeatureCompatibilityVersion { get; init; }

    /// <summary><c>Standalone</c>, <c>ReplicaSet</c> or <c>Sharded</c>.</summary>
    public required string Topology { get; init; }

    /// <summary>The replica set's name; null elsewhere.</summary>
    public string? ReplicaSet { get; init; }

    /// <summary>Bytes on the server's disk of the databases backed up; null when the user may not read it.</summary>
    public long? StorageSize { get; init; }
}
