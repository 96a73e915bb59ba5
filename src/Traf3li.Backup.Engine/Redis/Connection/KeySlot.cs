namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The slot of a key in a cluster (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec, "Hash tags").</summary>
internal static class KeySlot
{
    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = CreateTable();

    /// <summary>The slot of a key, 0 to 16383.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            var length = key[(open + 1)..].IndexOf((byte)'}');
            if (length > 0)
            {
                key = key.Slice(open + 1, length);
            }
        }

        ushort crc = 0;
        foreach (var value in key)
        {
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ value]);
        }

        return crc % SlotRange.SlotCount;
    }

    private static ushort[] CreateTable()
    {
        var table = new ushort[256];
        for (var index = 0; index < table.Length; index++)
        {
            var crc = (ushort)(index << 8);
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1);
            }

            table[index] = crc;
        }

        return table;
    }
}
