using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Reads a backup of this module through the block index of its manifest: blocks are decompressed in parallel, and where only some namespaces
/// are wanted only their blocks are read.
/// </summary>
internal sealed class IndexedDumpReader : IDumpReader
{
    private readonly BackupManifest _manifest;
    private readonly IAsyncEnumerator<PlainBlock> _blocks;
    private readonly Queue<DocumentBatch> _ready = new();
    private readonly Dictionary<(string Database, string Collection), ulong> _crcs = [];

    private IndexedDumpReader(BackupManifest manifest, ArchivePrelude prelude, IAsyncEnumerable<PlainBlock> blocks, CancellationToken cancellationToken)
    {
        _manifest = manifest;
        Prelude = prelude;
        _blocks = blocks.GetAsyncEnumerator(cancellationToken);
    }

    public string Name => _manifest.Key;

    public ArchivePrelude Prelude { get; }

    /// <summary>Opens a backup.</summary>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="takes">Which namespaces are wanted.</param>
    /// <param name="takesOplog">Whether the captured oplog is wanted.</param>
    /// <param name="open">Opens a range of the stored object: offset, length.</param>
    /// <param name="pool">Where blocks are put.</param>
    /// <param name="cancellationToken">Stops all reading.</param>
    public static async Task<IndexedDumpReader> OpenAsync(
        BackupManifest manifest,
        Func<NamespaceManifest, bool> takes,
        bool takesOplog,
        Func<long, long, CancellationToken, Task<Stream>> open,
        BufferPool pool,
        CancellationToken cancellationToken)
    {
        var taken = manifest.Namespace.Select(takes).ToArray();
        var wanted = manifest.Block
            .Where(block => block.NamespaceIndex >= 0 ? taken[block.NamespaceIndex] : block.NamespaceIndex == ManifestRules.OplogIndex && takesOplog)
            .ToArray();
        var prelude = await ReadPreludeAsync(manifest, open, pool, cancellationToken).ConfigureAwait(false);
        var reader = new ParallelBlockReader(manifest.Key, manifest.Compression, wanted, open, pool, Environment.ProcessorCount);
        return new IndexedDumpReader(manifest, prelude, reader.ReadAsync(cancellationToken), cancellationToken);
    }

    public async ValueTask<DocumentBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_ready.Count == 0)
        {
            if (!await _blocks.MoveNextAsync().ConfigureAwait(false))
            {
                return null;
            }

            Split(_blocks.Current);
        }

        return _ready.Dequeue();
    }

    public async ValueTask DisposeAsync()
    {
        while (_ready.TryDequeue(out var batch))
        {
            batch.Dispose();
        }

        await _blocks.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<ArchivePrelude> ReadPreludeAsync(
        BackupManifest manifest, Func<long, long, CancellationToken, Task<Stream>> open, BufferPool pool, CancellationToken cancellationToken)
    {
        var blocks = manifest.Block.Where(block => block.NamespaceIndex == ManifestRules.PreludeIndex).ToArray();
        using var bytes = new MemoryStream();
        await foreach (var block in new ParallelBlockReader(manifest.Key, manifest.Compression, blocks, open, pool, workers: 1).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            using (block)
            {
                bytes.Write(block.Memory.Span);
            }
        }

        bytes.Position = 0;
        using var window = new ArchiveWindow(bytes, manifest.Key, pool);
        return await PreludeReader.ReadAsync(window, manifest.Key, isRecorded: true, cancellationToken).ConfigureAwait(false);
    }

    private void Split(PlainBlock block)
    {
        var memory = new SharedBuffer(block.Buffer);
        try
        {
            var segments = new SegmentReader(block.Memory, Name, block.Block.Offset);
            while (segments.TryRead(out var segment))
            {
                var key = (segment.Database, segment.Collection);
                var crc = _crcs.GetValueOrDefault(key);
                if (!segment.IsEof)
                {
                    _crcs[key] = Crc64Xz.Combine(crc, segment.Crc, segment.Documents.Length);
                    _ready.Enqueue(new DocumentBatch(segment.Database, segment.Collection, memory, segment.Documents, segment.Count, block.Block.Offset));
                    continue;
                }

                if (segment.Crc != crc)
                {
                    throw new ArchiveCorruptException(Name, block.Block.Offset, $"the documents of {segment.Database}.{segment.Collection} have another checksum than the archive gives.");
                }

                _ready.Enqueue(new DocumentBatch(segment.Database, segment.Collection, segment.Crc, crc, block.Block.Offset));
            }
        }
        finally
        {
            memory.Release();
        }
    }
}
