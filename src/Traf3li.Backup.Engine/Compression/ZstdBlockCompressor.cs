using Traf3li.Backup.Engine.Memory;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Makes one zstd frame a block, with its size and a checksum in it (RFC 8878). The context is used again for each.</summary>
internal sealed class ZstdBlockCompressor : IBlockCompressor
{
    private readonly Compressor compressor;

    /// <summary>Creates one of a level.</summary>
    public ZstdBlockCompressor(int level)
    {
        compressor = new Compressor(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_contentSizeFlag, 1);
    }

    /// <inheritdoc />
    public PooledBuffer Compress(ReadOnlyMemory<byte> block, BufferPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var output = pool.Rent(Compressor.GetCompressBound(block.Length));
        try
        {
            output.Length = compressor.Wrap(block.Span, output.Memory.Span);
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => compressor.Dispose();
}
