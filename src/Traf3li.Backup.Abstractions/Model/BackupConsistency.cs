namespace Traf3li.Backup;

/// <summary>Which single state of the server a backup holds.</summary>
public enum BackupConsistency
{
    /// <summary>Each collection was read at a time of its own.</summary>
    None,

    /// <summary>The state at the end of the backup: the oplog captured while dumping is part of the archive.</summary>
    Oplog,

    /// <summary>The state at one cluster time, read with read concern snapshot.</summary>
    Snapshot,
}
