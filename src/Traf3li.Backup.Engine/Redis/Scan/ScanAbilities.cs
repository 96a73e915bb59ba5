namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>What a server lets this user read beside values.</summary>
internal sealed record ScanAbilities
{
    /// <summary>Whether it tells when a key expires (PEXPIRETIME, from 7.0 on); else PTTL and TIME say so together.</summary>
    public required bool HasExpireTime { get; init; }

    /// <summary>What it keeps of the use of keys.</summary>
    public required KeyUse Use { get; init; }

    /// <summary>Whether it is a node of a cluster: one database, and a transaction is about one slot.</summary>
    public required bool IsCluster { get; init; }

    /// <summary>The databases to read, with their keys as far as that is known; null where they must be tried.</summary>
    public required IReadOnlyDictionary<int, long>? Databases { get; init; }

    /// <summary>The code of its libraries of functions.</summary>
    public required IReadOnlyList<byte[]> Functions { get; init; }

    /// <summary>What could not be read, for people.</summary>
    public required IReadOnlyList<string> Missing { get; init; }
}
