namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>RDBs as servers write them that the tests cannot start.</summary>
internal static class RdbSamples
{
    /// <summary>When what expires in them expires, milliseconds since 1970.</summary>
    public const long Soon = 2_000_000_000_000;

    /// <summary>What a module of Redis 8.6 says of a key.</summary>
    public static byte[] Metadata => [243, 1, (byte)'A', (byte)'B', (byte)'C', 0, 2, 7, 5, 1, (byte)'s', 0];

    /// <summary>One of them by name.</summary>
    public static byte[] Get(string name) => name switch
    {
        nameof(HashOfValkey) => HashOfValkey(),
        nameof(PackedHash) => PackedHash(),
        nameof(KeyMetadata) => KeyMetadata(),
        _ => Stream(),
    };

    /// <summary>A hash of Valkey 9 with a field that expires.</summary>
    public static byte[] HashOfValkey() =>
        new RdbBytes("VALKEY080").Key(22).Number(2).String("a").String("x").Time(Soon).String("b").String("y").Time(-1).End();

    /// <summary>A small hash of Redis 7.4 with a field that expires.</summary>
    public static byte[] PackedHash() =>
        new RdbBytes("REDIS0012").Key(25).Time(Soon).String(RdbBytes.Listpack("b", "y", "0", "a", "x", $"{Soon}")).End();

    /// <summary>A key of Redis 8.6 with a module's metadata.</summary>
    public static byte[] KeyMetadata() => new RdbBytes("REDIS0013").Raw(252).Time(Soon).Raw(Metadata).Key(0).String("v").End();

    /// <summary>A stream of Redis 8.6 with a group, a deleted entry and a producer.</summary>
    public static byte[] Stream() => new RdbBytes("REDIS0013").Key(26).Number(1)
        .String([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1])
        .String(RdbBytes.Listpack("2", "1", "1", "f", "0", "2", "0", "0", "v", "4", "3", "0", "1", "gone", "4", "0", "1", "0", "1", "g", "w", "6"))
        .Number(2).Number(10).Number(0).Number(9).Number(1).Number(9).Number(2).Number(3)
        .Number(1).String("group").Number(9).Number(1).Number(1)
        .Number(1).Raw([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1]).Time(Soon).Number(2)
        .Number(1).String("consumer").Time(Soon).Time(-1).Number(1).Raw([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1])
        .Number(100).Number(1000).Number(1).String("producer").Number(2).String("i1").Number(9).Number(1).String("i2").Number(10).Number(0).Number(7).Number(1)
        .Key(0, "next").String("v").End();
}
