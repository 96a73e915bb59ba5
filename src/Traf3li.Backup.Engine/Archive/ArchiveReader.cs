using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads an archive, already decompressed, front to back. It checks that every segment's namespace stands in the prelude, that none
/// reopens, each CRC, that every namespace of the prelude ends, and that nothing follows; of documents only their length and last
/// byte (<see cref="RawBson.TryValidate" /> does the rest, on the workers).
/// </summary>
internal sealed class ArchiveReader : IDumpReader
{
    private readonly Stream _stream;
    private readonly ArchiveWindow _window;
    private readonly NamespaceLedger _ledger;
    private NamespaceHeader? _segment;

    private ArchiveReader(Stream stream, string name, ArchiveWindow window, ArchivePrelude prelude)
    {
        _stream = stream;
        _window = window;
        Name = name;
        Prelude = prelude;
        _ledger = new NamespaceLedger(prelude.Namespaces);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public ArchivePrelude Prelude { get; }

    /// <summary>Opens an archive and reads its prelude. The reader owns the stream, also when opening fails.</summary>
    /// <exception cref="ForeignFileException">It is no archive.</exception>
    /// <exception cref="ArchiveCorruptException">It is damaged or cut off.</exception>
    public static async Task<ArchiveReader> OpenAsync(Stream stream, string name, BufferPool pool, CancellationToken cancellationToken)
    {
        var opening = new ArchiveWindow(stream, name, pool);
        try
        {
            var prelude = await PreludeReader.ReadAsync(opening, name, isRecorded: false, cancellationToken).ConfigureAwait(false);
            return new ArchiveReader(stream, name, opening, prelude);
        }
        catch
        {
            opening.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask<DocumentBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_segment is null)
            {
                if (!await _window.FillAsync(1, cancellationToken).ConfigureAwait(false))
                {
                    return _ledger.FirstOpen() is { } open ? throw _window.Corrupt($"it ends although {open} has no end yet.") : null;
                }

                if (await ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is { } eof)
                {
                    return eof;
                }
            }

            if (await ReadDocumentsAsync(_segment!.Value, cancellationToken).ConfigureAwait(false) is { } batch)
            {
                return batch;
            }

            _window.Skip(ArchiveFormat.MarkSize);
            _segment = null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _window.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<DocumentBatch?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var length = await _window.NextAsync("a segment", cancellationToken).ConfigureAwait(false);
        if (_window.IsTerminator || NamespaceHeader.Parse(_window.Span[..length]) is not { } header)
        {
            throw _window.Corrupt("a segment's header was expected.");
        }

        if (_ledger.Refuse(header) is { } refusal)
        {
            throw _window.Corrupt(refusal);
        }

        if (!header.IsEof)
        {
            _window.Skip(length);
            _segment = header;
            return null;
        }

        var offset = _window.Offset;
        var crc = _ledger.Close(header);
        if (crc != header.Crc)
        {
            throw _window.Corrupt($"the documents of {header.Database}.{header.Collection} have the CRC {crc:x16}, but {header.Crc:x16} was written.");
        }

        _window.Skip(length);
        await _window.NextAsync("the end of a namespace", cancellationToken).ConfigureAwait(false);
        if (!_window.IsTerminator)
        {
            throw _window.Corrupt($"the end of {header.Database}.{header.Collection} has no terminator.");
        }

        _window.Skip(ArchiveFormat.MarkSize);
        return new DocumentBatch(header.Database, header.Collection, header.Crc, crc, offset);
    }

    /// <summary>The next documents of the segment; null when its terminator is next.</summary>
    private async ValueTask<DocumentBatch?> ReadDocumentsAsync(NamespaceHeader header, CancellationToken cancellationToken)
    {
        await _window.NextAsync($"a document of {header.Database}.{header.Collection}", cancellationToken).ConfigureAwait(false);
        var size = DocumentRun.Measure(_window.Span, out var count);
        if (size == 0)
        {
            return _window.IsTerminator ? null : throw _window.Corrupt($"a document of {header.Database}.{header.Collection} does not end with 00.");
        }

        _ledger.Append(header, _window.Span[..size]);
        return _window.Cut(header.Database, header.Collection, size, count);
    }
}
