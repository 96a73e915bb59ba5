using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// CRC-64/Jones (reflected, nothing before and after): the checksum of RDB files and of what DUMP answers (crc64.c of Redis).
/// The check value of <c>123456789</c> is e9c6d914c4b8d9ca.
/// </summary>
internal static class Crc64Jones
{
    private static readonly ReflectedCrc64 Register = new(0x95ac9329ac4bc9b5);

    /// <summary>The CRC of some bytes followed by <paramref name="data" />, from the CRC of those bytes; 0 is the CRC of nothing.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data) => Register.Append(crc, data);

    /// <summary>The same without the processor's help; what other processors run, and what tests compare with.</summary>
    internal static ulong AppendPortable(ulong crc, ReadOnlySpan<byte> data) => Register.AppendPortable(crc, data);
}
