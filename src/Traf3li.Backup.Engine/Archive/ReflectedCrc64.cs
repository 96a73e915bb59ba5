using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// The register of a reflected CRC of 64 bits: what all such checksums share. What a checksum does before and after (all ones or nothing) is
/// left to its own class.
/// </summary>
internal sealed class ReflectedCrc64
{
    private const int Lanes = 8;

    private readonly ulong _polynomial;
    private readonly ulong[] _slices;

    // x^(n+63) and x^(n-1) modulo the polynomial, reflected, for a step of n = 1024 (eight lanes) and n = 128 bits (one lane):
    // V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
    private readonly Vector128<ulong> _foldLanes;
    private readonly Vector128<ulong> _foldOne;

    /// <summary>Prepares the tables of a polynomial.</summary>
    /// <param name="polynomial">Reflected: the coefficient of x^63 is the lowest bit, that of x^64 is left out.</param>
    public ReflectedCrc64(ulong polynomial)
    {
        _polynomial = polynomial;
        _slices = CreateTables(polynomial);
        _foldLanes = Vector128.Create(PowerOfX(1024 + 63), PowerOfX(1024 - 1));
        _foldOne = Vector128.Create(PowerOfX(128 + 63), PowerOfX(128 - 1));
    }

    /// <summary>The register after some more bytes.</summary>
    public ulong Append(ulong state, ReadOnlySpan<byte> data)
    {
        if (Pclmulqdq.IsSupported && data.Length >= 2 * Lanes * Vector128<byte>.Count)
        {
            state = Fold(state, ref data);
        }

        return Slice(state, data);
    }

    /// <summary>The same without the processor's help; what other processors run, and what tests compare with.</summary>
    public ulong AppendPortable(ulong state, ReadOnlySpan<byte> data) => Slice(state, data);

    /// <summary>The register after <paramref name="length" /> bytes of zero: the register times x^(8 length).</summary>
    public ulong AppendZeros(ulong state, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var power = 1UL << 55;
        for (var left = length; left != 0 && state != 0; left >>= 1)
        {
            if ((left & 1) != 0)
            {
                state = Multiply(state, power);
            }

            power = Multiply(power, power);
        }

        return state;
    }

    private ulong Fold(ulong state, ref ReadOnlySpan<byte> data)
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
        var step = _foldLanes;
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

        var one = _foldOne;
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

    private ulong Slice(ulong state, ReadOnlySpan<byte> data)
    {
        var tables = _slices;
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

    private ulong PowerOfX(int exponent)
    {
        var result = 1UL << 63;
        for (var step = 0; step < exponent; step++)
        {
            result = (result >> 1) ^ ((result & 1) * _polynomial);
        }

        return result;
    }

    private ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = 1UL << 63; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = (right >> 1) ^ ((right & 1) * _polynomial);
        }

        return product;
    }

    private static ulong[] CreateTables(ulong polynomial)
    {
        var tables = new ulong[8 * 256];
        for (var value = 0; value < 256; value++)
        {
            var entry = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry >> 1) ^ ((entry & 1) * polynomial);
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
