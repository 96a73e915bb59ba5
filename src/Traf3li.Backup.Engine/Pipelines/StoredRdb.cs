using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>The RDB of one server as it was read and stored.</summary>
/// <param name="Shard">The server.</param>
/// <param name="ReplicationId">The id of its replication stream; null when it did not say.</param>
/// <param name="ReplicationOffset">The offset in that stream, bytes; null when it did not say.</param>
/// <param name="Summary">What is in it.</param>
/// <param name="Blocks">Its compressed blocks.</param>
/// <param name="Written">The stored object.</param>
internal sealed record StoredRdb(
    RedisShard Shard, string? ReplicationId, long? ReplicationOffset, RdbSummary Summary, IReadOnlyList<BlockManifest> Blocks, WrittenObject Written);
