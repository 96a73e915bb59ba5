namespace Traf3li.Backup;

/// <summary>An RDB file of Redis or Valkey is damaged or cut off.</summary>
public sealed class RdbCorruptException : BackupException
{
    /// <summary>Creates the error.</summary>
    /// <param name="archive">The key or path of the RDB.</param>
    /// <param name="offset">Where, in bytes of the RDB before compression.</param>
    /// <param name="database">The number of the database that was being read.</param>
    /// <param name="rdbKey">The Redis key that was being read, with what is not printable escaped; null between keys.</param>
    /// <param name="reason">What is wrong there.</param>
    /// <param name="innerException">What caused it.</param>
    public RdbCorruptException(string archive, long offset, int database, string? rdbKey, string reason, Exception? innerException = null)
        : base(
            "RdbCorrupt",
            $"The RDB {archive} is damaged at byte {offset}{(rdbKey is null ? "" : $", in the key \"{rdbKey}\" of database {database}")}: {reason}",
            "Do not rely on this backup: restore from another one.",
            archive,
            innerException)
    {
        Archive = archive;
        Offset = offset;
        Database = database;
        RdbKey = rdbKey;
    }

    /// <summary>The key or path of the RDB.</summary>
    public string Archive { get; }

    /// <summary>Where, in bytes of the RDB before compression.</summary>
    public long Offset { get; }

    /// <summary>The number of the database that was being read.</summary>
    public int Database { get; }

    /// <summary>The Redis key that was being read, with what is not printable escaped; null between keys.</summary>
    public string? RdbKey { get; }
}
