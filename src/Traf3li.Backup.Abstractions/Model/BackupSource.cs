namespace Traf3li.Backup;

/// <summary>The kind of server that a backup was taken from.</summary>
public enum BackupSource
{
    /// <summary>MongoDB; the backup is an archive in mongodump's format.</summary>
    MongoDB,

    /// <summary>Redis or Valkey; the backup is an RDB file.</summary>
    Redis,

    /// <summary>MongoDB and Redis, each from its own setting. Only asked for, never recorded.</summary>
    All,
}
