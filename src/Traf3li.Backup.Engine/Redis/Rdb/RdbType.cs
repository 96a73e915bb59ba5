namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>The types of values: each is a data type in one encoding (rdb.h of Redis 8.6 and Valkey 9).</summary>
internal static class RdbType
{
    public const byte String = 0;
    public const byte List = 1;
    public const byte Set = 2;
    public const byte SortedSet = 3;
    public const byte Hash = 4;
    public const byte SortedSet2 = 5;
    public const byte ModulePreRelease = 6;
    public const byte Module2 = 7;
    public const byte HashZipmap = 9;
    public const byte ListZiplist = 10;
    public const byte SetIntset = 11;
    public const byte SortedSetZiplist = 12;
    public const byte HashZiplist = 13;
    public const byte ListQuicklist = 14;
    public const byte StreamListpacks = 15;
    public const byte HashListpack = 16;
    public const byte SortedSetListpack = 17;
    public const byte ListQuicklist2 = 18;
    public const byte StreamListpacks2 = 19;
    public const byte SetListpack = 20;
    public const byte StreamListpacks3 = 21;
    public const byte RedisHashMetadataPreRelease = 22;
    public const byte ValkeyHash2 = 22;
    public const byte HashListpackExPreRelease = 23;
    public const byte HashMetadata = 24;
    public const byte HashListpackEx = 25;
    public const byte StreamListpacks4 = 26;

    /// <summary>What TYPE would answer; null for a number that no known server writes in this dialect.</summary>
    public static RdbDataType? DataTypeOf(byte type, RdbDialect dialect) => type switch
    {
        String => RdbDataType.String,
        List or ListZiplist or ListQuicklist or ListQuicklist2 => RdbDataType.List,
        Set or SetIntset or SetListpack => RdbDataType.Set,
        SortedSet or SortedSet2 or SortedSetZiplist or SortedSetListpack => RdbDataType.SortedSet,
        Hash or HashZipmap or HashZiplist or HashListpack or ValkeyHash2 => RdbDataType.Hash,
        StreamListpacks or StreamListpacks2 or StreamListpacks3 => RdbDataType.Stream,
        Module2 or ModulePreRelease => RdbDataType.Module,
        HashListpackExPreRelease or HashMetadata or HashListpackEx when dialect == RdbDialect.Redis => RdbDataType.Hash,
        StreamListpacks4 when dialect == RdbDialect.Redis => RdbDataType.Stream,
        _ => null,
    };

    /// <summary>
    /// The least version whose servers know this type, and so the least that the footer of a RESTORE payload needs; never under 6, which
    /// every server since Redis 2.6 takes.
    /// </summary>
    public static int LeastVersion(byte type, RdbDialect dialect) => type switch
    {
        _ when dialect == RdbDialect.Valkey && type == ValkeyHash2 => RdbHeader.Valkey9,
        SortedSet2 or Module2 or ModulePreRelease => 8,
        ListQuicklist => 7,
        StreamListpacks => 9,
        HashListpack or SortedSetListpack or ListQuicklist2 or StreamListpacks2 => 10,
        SetListpack or StreamListpacks3 => 11,
        >= RedisHashMetadataPreRelease and <= HashListpackEx => 12,
        >= StreamListpacks4 => 13,
        _ => 6,
    };
}
