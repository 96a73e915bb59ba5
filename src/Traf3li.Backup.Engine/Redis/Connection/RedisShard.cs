namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>A part of a deployment that one server holds whole: all of a plain server, or one primary's slots of a cluster.</summary>
internal sealed record RedisShard
{
    /// <summary>The server to read.</summary>
    public required RedisNode Node { get; init; }

    /// <summary>The primary, also where a replica is read; null when a replica was named and its primary is not asked for.</summary>
    public RedisEndpoint? Primary { get; init; }

    /// <summary>Whether <see cref="Node" /> is a replica.</summary>
    public bool IsReplica { get; init; }

    /// <summary>How many bytes of the replication stream the replica was behind its primary; null on a primary, or when it is not known.</summary>
    public long? Lag { get; init; }

    /// <summary>Its slots; empty outside a cluster.</summary>
    public IReadOnlyList<SlotRange> Slots { get; init; } = [];
}
