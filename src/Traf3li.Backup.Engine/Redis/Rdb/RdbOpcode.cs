namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What stands where a value's type would (rdb.h of Redis 8.6 and Valkey 9).</summary>
internal static class RdbOpcode
{
    /// <summary>Redis 8.6: metadata of modules for the key that follows.</summary>
    public const byte RedisKeyMetadata = 243;

    /// <summary>Valkey 9: slots that were being imported.</summary>
    public const byte ValkeySlotImport = 243;

    /// <summary>How many keys a slot of a cluster has.</summary>
    public const byte SlotInfo = 244;

    /// <summary>The code of a library of functions.</summary>
    public const byte Function = 245;

    /// <summary>The same in release candidates of Redis 7.0; no released server reads it.</summary>
    public const byte FunctionPreRelease = 246;

    /// <summary>Data of a module that belongs to no key.</summary>
    public const byte ModuleAux = 247;

    /// <summary>Seconds since the key that follows was used.</summary>
    public const byte Idle = 248;

    /// <summary>How often the key that follows is used: Redis's logarithmic counter.</summary>
    public const byte Frequency = 249;

    /// <summary>A name and a text about the RDB.</summary>
    public const byte Aux = 250;

    /// <summary>How many keys the database has, and how many of them expire.</summary>
    public const byte ResizeDatabase = 251;

    /// <summary>When the key that follows expires, milliseconds since 1970.</summary>
    public const byte ExpiresAtMilliseconds = 252;

    /// <summary>When the key that follows expires, seconds since 1970.</summary>
    public const byte ExpiresAtSeconds = 253;

    /// <summary>The database of the keys that follow.</summary>
    public const byte SelectDatabase = 254;

    /// <summary>The end; a checksum follows from version 5 on.</summary>
    public const byte End = 255;
}
