namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Which servers can start from an RDB. A server reads all versions up to its own; Valkey 9 reads Redis's up to 11 and refuses 12 to 79, which
/// came after the projects parted (RDB_FOREIGN_VERSION_MIN and _MAX in its rdb.h).
/// </summary>
internal static class RdbServers
{
    /// <summary>The servers, in words.</summary>
    public static string Describe(RdbHeader header) => header switch
    {
        { Dialect: RdbDialect.Valkey } => "Valkey 9.0 or newer",
        { Version: >= 13 } => "Redis 8.6 or newer",
        { Version: 12 } => "Redis 7.4 or newer",
        { Version: 11 } => "Redis 7.2 or newer, or Valkey",
        { Version: 10 } => "Redis 7.0 or newer, or Valkey",
        { Version: 9 } => "Redis 5.0 or newer, or Valkey",
        { Version: 8 } => "Redis 4.0 or newer, or Valkey",
        { Version: 7 } => "Redis 3.2 or newer, or Valkey",
        _ => "Redis 2.6 or newer, or Valkey",
    };
}
