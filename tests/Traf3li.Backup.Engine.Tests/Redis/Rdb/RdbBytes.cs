using System.Buffers.Binary;
using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>Writes RDBs byte by byte, for what no server here writes.</summary>
internal sealed class RdbBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>Begins with a header.</summary>
    public RdbBytes(string header) => Raw(Encoding.ASCII.GetBytes(header));

    /// <summary>Bytes as they are.</summary>
    public RdbBytes Raw(params byte[] raw)
    {
        _bytes.AddRange(raw);
        return this;
    }

    /// <summary>A length under 64, or one of 32 bits.</summary>
    public RdbBytes Number(uint number)
    {
        if (number < 64)
        {
            return Raw((byte)number);
        }

        var four = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        return Raw(0x80).Raw(four);
    }

    /// <summary>A string as it is.</summary>
    public RdbBytes String(string text) => String(Encoding.Latin1.GetBytes(text));

    /// <summary>A string as it is.</summary>
    public RdbBytes String(byte[] text) => Number((uint)text.Length).Raw(text);

    /// <summary>A string compressed by LZF in literal runs.</summary>
    public RdbBytes Compressed(byte[] text)
    {
        var runs = text.Chunk(32).SelectMany(chunk => chunk.Prepend((byte)(chunk.Length - 1))).ToArray();
        return Raw(0xC3).Number((uint)runs.Length).Number((uint)text.Length).Raw(runs);
    }

    /// <summary>A time in milliseconds.</summary>
    public RdbBytes Time(long milliseconds) => Raw(BitConverter.GetBytes(milliseconds));

    /// <summary>A type and the key "k".</summary>
    public RdbBytes Key(byte type, string key = "k") => Raw(type).String(key);

    /// <summary>The end with its checksum.</summary>
    public byte[] End()
    {
        Raw(RdbOpcode.End);
        return [.. _bytes, .. BitConverter.GetBytes(Crc64Jones.Append(0, _bytes.ToArray()))];
    }

    /// <summary>A listpack of small numbers (as decimal text) and short strings.</summary>
    public static byte[] Listpack(params string[] entries)
    {
        var body = new List<byte>();
        foreach (var entry in entries)
        {
            byte[] one = long.TryParse(entry, out var number)
                ? number is >= 0 and < 128 ? [(byte)number] : [0xF4, .. BitConverter.GetBytes(number)]
                : [0xF0, .. BitConverter.GetBytes(entry.Length), .. Encoding.Latin1.GetBytes(entry)];
            body.AddRange(one);
            body.AddRange(one.Length < 128 ? [(byte)one.Length] : [(byte)(one.Length >> 7), (byte)(one.Length & 127 | 128)]);
        }

        return [.. BitConverter.GetBytes(body.Count + 7), .. BitConverter.GetBytes((ushort)entries.Length), .. body, 0xFF];
    }
}
