using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Compresses blocks, each for itself, so that any of them can be decompressed alone. One a worker: not for several threads.</summary>
internal interface IBlockCompressor : IDisposable
{
    /// <summary>
    /// Compresses one block into a buffer of the pool, which it takes without waiting, or gives the block itself back when it is stored as it
    /// is. The caller disposes both.
    /// </summary>
    PooledBuffer Compress(PooledBuffer block, BufferPool pool, CancellationToken cancellationToken);
}
