using System.Buffers.Binary;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Makes one gzip member a block. Data that do not shrink are stored, so that a member never outgrows its bound.</summary>
internal sealed class GzipBlockCompressor(int level) : IBlockCompressor
{
    private const int StoredMax = 65535;

    // Cancellation is looked at between slices: even the slowest level takes milliseconds for one.
    private const int Slice = 256 << 10;

    /// <inheritdoc />
    public PooledBuffer Compress(PooledBuffer block, BufferPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var output = pool.Rent(GzipMember.Bound(block.Length));
        try
        {
            output.Append(GzipMember.Header);
            if (TryDeflate(block.Used.Span, output, cancellationToken) is { } size)
            {
                output.Length += size;
            }
            else
            {
                Store(block.Used.Span, output);
            }

            GzipMember.WriteTrailer(output.Free.Span, block.Used.Span);
            output.Length += GzipMember.TrailerSize;
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private int? TryDeflate(ReadOnlySpan<byte> block, PooledBuffer output, CancellationToken cancellationToken)
    {
        using var target = new BoundedOutput(output.Free[..^GzipMember.TrailerSize]);
        using (var deflate = DeflateLevels.Open(target, level))
        {
            while (!block.IsEmpty && !target.Overflowed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var size = Math.Min(Slice, block.Length);
                deflate.Write(block[..size]);
                block = block[size..];
            }
        }

        // An empty input makes .NET write nothing at all, which is no deflate data.
        return target.Overflowed || target.Length == 0 ? null : (int)target.Length;
    }

    private static void Store(ReadOnlySpan<byte> block, PooledBuffer output)
    {
        do
        {
            var size = Math.Min(StoredMax, block.Length);
            var head = output.Free.Span;
            head[0] = size == block.Length ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)size);
            BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~size);
            output.Length += 5;
            output.Append(block[..size]);
            block = block[size..];
        }
        while (!block.IsEmpty);
    }
}
