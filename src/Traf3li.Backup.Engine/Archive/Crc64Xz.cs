namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// CRC-64/XZ (ECMA-182 polynomial, reflected, all ones before and after; Go's <c>crc64.ECMA</c>): the checksum of mongodump's archives.
/// The check value of <c>123456789</c> is 995dc9bbdf1939fa.
/// </summary>
internal static class Crc64Xz
{
    private static readonly ReflectedCrc64 Register = new(0xc96c5795d7870f42);

    /// <summary>The CRC of some bytes followed by <paramref name="data" />, from the CRC of those bytes; 0 is the CRC of nothing.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data) => ~Register.Append(~crc, data);

    /// <summary>The CRC of two runs of bytes, one behind the other, from the CRC of each.</summary>
    /// <param name="first">The CRC of the first run.</param>
    /// <param name="second">The CRC of the second run.</param>
    /// <param name="secondLength">The length of the second run, bytes.</param>
    public static ulong Combine(ulong first, ulong second, long secondLength) => Register.AppendZeros(first, secondLength) ^ second;

    /// <summary>The same as <see cref="Append" /> without the processor's help; what other processors run, and what tests compare with.</summary>
    internal static ulong AppendPortable(ulong crc, ReadOnlySpan<byte> data) => ~Register.AppendPortable(~crc, data);
}
