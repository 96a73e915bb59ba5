using Traf3li.Backup.Engine.Memory;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Makes one zstd frame a block, with its size and a checksum in it (RFC 8878). The context is used again for each.</summary>
internal sealed class ZstdBlockCompressor : IBlockCompressor
{
    // A window of a whole block and a hash table to go with it (zstd's own level 2 looks back 1 MiB): 5 % smaller at the same speed, which
    // makes the default no larger than one optimal gzip stream (measured on orders of 700 bytes).
    private const int DefaultWindowLog = 22;
    private const int DefaultHashLog = 18;

    private readonly Compressor compressor;

    /// <summary>Creates one of a level.</summary>
    public ZstdBlockCompressor(int level)
    {
        compressor = new Compressor(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_contentSizeFlag, 1);
        if (level == BlockCompression.DefaultZstdLevel)
        {
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, DefaultWindowLog);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_hashLog, DefaultHashLog);
        }
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
