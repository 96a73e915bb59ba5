namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What the checksum at the end of an RDB said. A wrong one is an error.</summary>
internal enum RdbChecksum
{
    /// <summary>The end is not reached.</summary>
    Unknown,

    /// <summary>It is right.</summary>
    Right,

    /// <summary>The server was told to write none (<c>rdbchecksum no</c>).</summary>
    Disabled,

    /// <summary>RDBs before version 5 have none.</summary>
    Absent,
}
