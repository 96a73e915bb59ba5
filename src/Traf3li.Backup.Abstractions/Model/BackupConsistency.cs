namespace Traf3li.Backup;

/// <summary>Which single state of the server a backup holds.</summary>
public enum BackupConsistency
{
    /// <summary>Each collection, each shard of a Redis cluster, or each key of a Redis server that was scanned, was read at a time of its own.</summary>
    None,

    /// <summary>The state at the end of the backup: the oplog captured while dumping is part of the archive.</summary>
    Oplog,

    /// <summary>The state at one moment: of MongoDB read with read concern snapshot, of Redis the one of its RDB.</summary>
    Snapshot,
}
