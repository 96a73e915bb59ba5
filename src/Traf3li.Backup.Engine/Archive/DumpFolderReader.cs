using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads the folder that <c>mongodump --out</c> writes, with or without <c>--gzip</c>, as if it were an archive: database by database,
/// the oplog last. A dump folder has no CRC, so the batch that ends a namespace gives the computed one twice.
/// </summary>
internal sealed class DumpFolderReader : IDumpReader
{
    private readonly DumpFolder folder;
    private readonly BufferPool pool;
    private readonly Queue<ArchiveNamespace> dataless;
    private int next;
    private ArchiveWindow? window;
    private Stream? stream;
    private ulong crc;

    private DumpFolderReader(string name, DumpFolder folder, BufferPool pool)
    {
        Name = name;
        this.folder = folder;
        this.pool = pool;
        var held = folder.Files.Select(file => (file.Database, file.Collection)).ToHashSet();
        dataless = new Queue<ArchiveNamespace>(folder.Prelude.Namespaces.Where(item =>
            !held.Contains((item.Database, item.Collection)) && !held.Contains((item.Database, ArchiveFormat.BucketPrefix + item.Collection))));
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public ArchivePrelude Prelude => folder.Prelude;

    /// <summary>Opens a folder and reads all its metadata files.</summary>
    /// <exception cref="ForeignFileException">It is no dump.</exception>
    /// <exception cref="ArchiveCorruptException">A metadata file is damaged.</exception>
    public static async Task<DumpFolderReader> OpenAsync(string path, BufferPool pool, CancellationToken cancellationToken) =>
        new(path, await DumpFolder.OpenAsync(path, pool, cancellationToken).ConfigureAwait(false), pool);

    /// <inheritdoc />
    public async ValueTask<DocumentBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        // Views have no file of documents; their ends come first.
        if (dataless.TryDequeue(out var view))
        {
            return new DocumentBatch(view.Database, view.Collection, storedCrc: 0, computedCrc: 0, offset: 0);
        }

        if (next == folder.Files.Count)
        {
            return null;
        }

        var file = folder.Files[next];
        if (window is null)
        {
            stream = await DecompressingStream.OpenAsync(File.OpenRead(file.Path), file.Path, pool, cancellationToken).ConfigureAwait(false);
            window = new ArchiveWindow(stream, file.Path, pool);
            crc = 0;
        }

        if (await window.FillAsync(1, cancellationToken).ConfigureAwait(false))
        {
            await window.NextAsync("a document", cancellationToken).ConfigureAwait(false);
            var size = DocumentRun.Measure(window.Span, out var count);
            if (size == 0)
            {
                throw window.Corrupt("a document was expected.");
            }

            crc = Crc64Xz.Append(crc, window.Span[..size]);
            return window.Cut(file.Database, file.Collection, size, count);
        }

        var end = window.Offset;
        await CloseAsync().ConfigureAwait(false);
        next++;
        return new DocumentBatch(file.Database, file.Collection, crc, crc, end);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async ValueTask CloseAsync()
    {
        window?.Dispose();
        window = null;
        if (stream is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            stream = null;
        }
    }
}
