using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Stores blocks as they are.</summary>
internal sealed class CopyBlockCompressor : IBlockCompressor
{
    /// <inheritdoc />
    public PooledBuffer Compress(ReadOnlyMemory<byte> block, BufferPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var output = pool.Rent(block.Length);
        output.Append(block.Span);
        return output;
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
