using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads the folder that <c>mongodump --out</c> writes, with or without <c>--gzip</c>, as if it were an archive: database by database,
/// the oplog last. A dump folder has no CRC, so the batch that ends a namespace gives the computed one twice.
/// </summary>
internal sealed class DumpFolderReader : IDumpReader
{
    private readonly DumpFolder _folder;
    private readonly BufferPool _pool;
    private readonly Queue<ArchiveNamespace> _dataless;
    private int _next;
    private ArchiveWindow? _window;
    private Stream? _stream;
    private ulong _crc;

    private DumpFolderReader(string name, DumpFolder folder, BufferPool pool)
    {
        Name = name;
        _folder = folder;
        _pool = pool;
        var held = folder.Files.Select(file => (file.Database, file.Collection)).ToHashSet();
        _dataless = new Queue<ArchiveNamespace>(folder.Prelude.Namespaces.Where(item =>
            !held.Contains((item.Database, item.Collection)) && !held.Contains((item.Database, ArchiveFormat.BucketPrefix + item.Collection))));
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public ArchivePrelude Prelude => _folder.Prelude;

    /// <summary>Opens a folder and reads all its metadata files.</summary>
    /// <exception cref="ForeignFileException">It is no dump.</exception>
    /// <exception cref="ArchiveCorruptException">A metadata file is damaged.</exception>
    public static async Task<DumpFolderReader> OpenAsync(string path, BufferPool pool, CancellationToken cancellationToken) =>
        new(path, await DumpFolder.OpenAsync(path, pool, cancellationToken).ConfigureAwait(false), pool);

    /// <inheritdoc />
    public async ValueTask<DocumentBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        // Views have no file of documents; their ends come first.
        if (_dataless.TryDequeue(out var view))
        {
            return new DocumentBatch(view.Database, view.Collection, storedCrc: 0, computedCrc: 0, offset: 0);
        }

        if (_next == _folder.Files.Count)
        {
            return null;
        }

        var file = _folder.Files[_next];
        if (_window is null)
        {
            _stream = await DecompressingStream.OpenAsync(File.OpenRead(file.Path), file.Path, _pool, cancellationToken).ConfigureAwait(false);
            _window = new ArchiveWindow(_stream, file.Path, _pool);
            _crc = 0;
        }

        if (await _window.FillAsync(1, cancellationToken).ConfigureAwait(false))
        {
            await _window.NextAsync("a document", cancellationToken).ConfigureAwait(false);
            var size = DocumentRun.Measure(_window.Span, out var count);
            if (size == 0)
            {
                throw _window.Corrupt("a document was expected.");
            }

            _crc = Crc64Xz.Append(_crc, _window.Span[..size]);
            return _window.Cut(file.Database, file.Collection, size, count);
        }

        var end = _window.Offset;
        await CloseAsync().ConfigureAwait(false);
        _next++;
        return new DocumentBatch(file.Database, file.Collection, _crc, _crc, end);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async ValueTask CloseAsync()
    {
        _window?.Dispose();
        _window = null;
        if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
            _stream = null;
        }
    }
}
