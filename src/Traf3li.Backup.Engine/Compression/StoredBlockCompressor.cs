using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Stores blocks as they are.</summary>
internal sealed class StoredBlockCompressor : IBlockCompressor
{
    /// <inheritdoc />
    public PooledBuffer Compress(PooledBuffer block, BufferPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return block;
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
