namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What TYPE answers for a key, whatever its encoding.</summary>
internal enum RdbDataType
{
    /// <summary>string</summary>
    String,

    /// <summary>list</summary>
    List,

    /// <summary>set</summary>
    Set,

    /// <summary>zset</summary>
    SortedSet,

    /// <summary>hash</summary>
    Hash,

    /// <summary>stream</summary>
    Stream,

    /// <summary>A type of a module.</summary>
    Module,
}
