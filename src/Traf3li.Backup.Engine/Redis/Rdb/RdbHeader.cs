using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>The first nine bytes of an RDB: the magic and the version in decimal digits (rdb.c of Redis and of Valkey).</summary>
/// <param name="Dialect">Whose numbering of types and opcodes it uses.</param>
/// <param name="Version">The version of the format: 1–13 for Redis (7.0 writes 10, 7.2 11, 7.4–8.4 12, 8.6 13), 80 for Valkey 9.</param>
internal readonly record struct RdbHeader(RdbDialect Dialect, int Version)
{
    /// <summary>The length of the header, bytes.</summary>
    public const int Length = 9;

    /// <summary>The newest version of Redis that is known.</summary>
    public const int NewestRedis = 13;

    /// <summary>The only version of Valkey's own format that is known.</summary>
    public const int Valkey9 = 80;

    /// <summary>From this version on an RDB ends with a checksum.</summary>
    public const int FirstWithChecksum = 5;

    private static ReadOnlySpan<byte> RedisMagic => "REDIS"u8;

    private static ReadOnlySpan<byte> ValkeyMagic => "VALKEY"u8;

    /// <summary>Whether types and opcodes of this header are known.</summary>
    public bool IsKnown => Dialect == RdbDialect.Redis ? Version is >= 1 and <= NewestRedis : Version == Valkey9;

    /// <summary>The header of what DUMP answers: its footer has a version and no magic.</summary>
    public static RdbHeader OfPayload(int version) => new(version >= Valkey9 ? RdbDialect.Valkey : RdbDialect.Redis, version);

    /// <summary>Reads the nine bytes; null when they are no RDB's.</summary>
    public static RdbHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        var dialect = bytes.StartsWith(ValkeyMagic) ? RdbDialect.Valkey : RdbDialect.Redis;
        if (dialect == RdbDialect.Redis && !bytes.StartsWith(RedisMagic))
        {
            return null;
        }

        var digits = bytes[(dialect == RdbDialect.Valkey ? ValkeyMagic : RedisMagic).Length..Length];
        return !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? new RdbHeader(dialect, int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>The nine bytes.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(ToString());

    /// <inheritdoc />
    public override string ToString() => Dialect == RdbDialect.Redis
        ? $"REDIS{Version.ToString("d4", CultureInfo.InvariantCulture)}"
        : $"VALKEY{Version.ToString("d3", CultureInfo.InvariantCulture)}";
}
