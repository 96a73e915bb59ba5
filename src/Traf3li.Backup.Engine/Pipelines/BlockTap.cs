using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// A stream that passes on what it reads and writes the same bytes into a backup, in blocks: so an RDB is parsed while it is stored, and is
/// never held whole.
/// </summary>
internal sealed class BlockTap(Stream source, ParallelBlockWriter writer, BufferPool pool, OperationProgress.Part progress) : ReadOnlyStream
{
    private const int BlockSize = 4 << 20;

    private PooledBuffer? _block;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _block ??= await pool.RentAsync(BlockSize, cancellationToken).ConfigureAwait(false);
        var room = Math.Min(buffer.Length, BlockSize - _block.Length);
        var read = await source.ReadAsync(buffer[..room], cancellationToken).ConfigureAwait(false);
        _block.Append(buffer.Span[..read]);
        BytesRead += read;
        progress.Add(0, read);
        if (_block.Length == BlockSize || (read == 0 && _block.Length > 0))
        {
            var full = _block;
            _block = null;
            await writer.WriteAsync(full, ManifestRules.PreludeIndex, onWorker: null, cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            _block = null;
        }

        base.Dispose(disposing);
    }
}
