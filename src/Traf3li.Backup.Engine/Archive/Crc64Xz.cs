using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// CRC-64/XZ (ECMA-182 polynomial, reflected, all ones before and after; Go's <c>crc64.ECMA</c>): the checksum of mongodump's archives.
/// The check value of <c>123456789</c> is 995dc9bbdf1939fa.
/// </summary>
internal static class Crc64Xz
{
    private const ulong Polynomial = 0xc96c5795d7870f42;
    private const int Lanes = 8;

    // x^(n+63) and x^(n-1) modulo the polynomial, reflected, for a step of n = 1024 (eight lanes) and n = 128 bits (one lane):
    // V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
    private static readonly Vector128<ulong> FoldLanes = Vector128.Create(0x8757d71d4fcc1000UL, 0xd7d86b2af73de740UL);
    private static readonly Vector128<ulong> FoldOne = Vector128.Create(0xe05dd497ca393ae4UL, 0xdabe95afc7875f40UL);

    private static readonly ulong[] Tables = CreateTables();

    /// <summary>The CRC of some bytes followed by <paramref name="data" />, from the CRC of those bytes; 0 is the CRC of nothing.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        if (Pclmulqdq.IsSupported && data.Length >= 2 * Lanes * Vector128<byte>.Count)
        {
            state = Fold(state, ref data);
        }

        return ~Slice(state, data);
    }

    /// <summary>The CRC of two runs of bytes, one behind the other, from the CRC of each.</summary>
    /// <param name="first">The CRC of the first run.</param>
    /// <param name="second">The CRC of the second run.</param>
    /// <param name="secondLength">The length of the second run, bytes.</param>
    public static ulong Combine(ulong first, ulong second, long secondLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondLength);
        // The first CRC moves up by as many bits as follow it: times x^(8 n).
        var power = 1UL << 55;
        for (var left = secondLength; left != 0 && first != 0; left >>= 1)
        {
            if ((left & 1) != 0)
            {
                first = Multiply(first, power);
            }

            power = Multiply(power, power);
        }

        return first ^ second;
    }

    /// <summary>The same without the processor's help; what other processors run, and what tests compare with.</summary>
    internal static ulong AppendPortable(ulong crc, ReadOnlySpan<byte> data) => ~Slice(~crc, data);

    private static ulong Fold(ulong state, ref ReadOnlySpan<byte> data)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var a0 = blocks[0] ^ Vector128.CreateScalar(state);
        var a1 = blocks[1];
        var a2 = blocks[2];
        var a3 = blocks[3];
        var a4 = blocks[4];
        var a5 = blocks[5];
        var a6 = blocks[6];
        var a7 = blocks[7];
        var step = FoldLanes;
        var next = Lanes;
        for (; next + Lanes <= blocks.Length; next += Lanes)
        {
            var lanes = blocks.Slice(next, Lanes);
            a0 = Step(a0, step) ^ lanes[0];
            a1 = Step(a1, step) ^ lanes[1];
            a2 = Step(a2, step) ^ lanes[2];
            a3 = Step(a3, step) ^ lanes[3];
            a4 = Step(a4, step) ^ lanes[4];
            a5 = Step(a5, step) ^ lanes[5];
            a6 = Step(a6, step) ^ lanes[6];
            a7 = Step(a7, step) ^ lanes[7];
        }

        var one = FoldOne;
        a0 = Step(a0, one) ^ a1;
        a0 = Step(a0, one) ^ a2;
        a0 = Step(a0, one) ^ a3;
        a0 = Step(a0, one) ^ a4;
        a0 = Step(a0, one) ^ a5;
        a0 = Step(a0, one) ^ a6;
        a0 = Step(a0, one) ^ a7;
        for (; next < blocks.Length; next++)
        {
            a0 = Step(a0, one) ^ blocks[next];
        }

        data = data[(blocks.Length * Vector128<byte>.Count)..];
        // The sixteen bytes that are left stand for all that went before, after a state of zero.
        return Slice(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in a0)));
    }

    private static Vector128<ulong> Step(Vector128<ulong> value, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11);

    private static ulong Slice(ulong state, ReadOnlySpan<byte> data)
    {
        var tables = Tables;
        while (data.Length >= 8)
        {
            state ^= BinaryPrimitives.ReadUInt64LittleEndian(data);
            state = tables[0x700 + (byte)state]
                ^ tables[0x600 + (byte)(state >> 8)]
                ^ tables[0x500 + (byte)(state >> 16)]
                ^ tables[0x400 + (byte)(state >> 24)]
                ^ tables[0x300 + (byte)(state >> 32)]
                ^ tables[0x200 + (byte)(state >> 40)]
                ^ tables[0x100 + (byte)(state >> 48)]
                ^ tables[(byte)(state >> 56)];
            data = data[8..];
        }

        foreach (var value in data)
        {
            state = tables[(byte)state ^ value] ^ (state >> 8);
        }

        return state;
    }

    private static ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = 1UL << 63; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = (right >> 1) ^ ((right & 1) * Polynomial);
        }

        return product;
    }

    private static ulong[] CreateTables()
    {
        var tables = new ulong[8 * 256];
        for (var value = 0; value < 256; value++)
        {
            var entry = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry >> 1) ^ ((entry & 1) * Polynomial);
            }

            tables[value] = entry;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            var shorter = tables[index - 256];
            tables[index] = tables[(byte)shorter] ^ (shorter >> 8);
        }

        return tables;
    }
}
