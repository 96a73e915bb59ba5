using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads an archive, already decompressed, front to back. It checks that every segment's namespace stands in the prelude, that none
/// reopens, each CRC, that every namespace of the prelude ends, and that nothing follows; of documents only their length and last
/// byte (<see cref="RawBson.TryValidate" /> does the rest, on the workers).
/// </summary>
internal sealed class ArchiveReader : IDumpReader
{
    private readonly Stream stream;
    private readonly ArchiveWindow window;
    private readonly NamespaceLedger ledger;
    private NamespaceHeader? segment;

    private ArchiveReader(Stream stream, string name, ArchiveWindow window, ArchivePrelude prelude)
    {
        this.stream = stream;
        this.window = window;
        Name = name;
        Prelude = prelude;
        ledger = new NamespaceLedger(prelude.Namespaces);
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
            var prelude = await PreludeReader.ReadAsync(opening, name, cancellationToken).ConfigureAwait(false);
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
            if (segment is null)
            {
                if (!await window.FillAsync(1, cancellationToken).ConfigureAwait(false))
                {
                    return ledger.FirstOpen() is { } open ? throw window.Corrupt($"it ends although {open} has no end yet.") : null;
                }

                if (await ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is { } eof)
                {
                    return eof;
                }
            }

            if (await ReadDocumentsAsync(segment!.Value, cancellationToken).ConfigureAwait(false) is { } batch)
            {
                return batch;
            }

            window.Skip(ArchiveFormat.MarkSize);
            segment = null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        window.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<DocumentBatch?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var length = await window.NextAsync("a segment", cancellationToken).ConfigureAwait(false);
        if (window.IsTerminator || NamespaceHeader.Parse(window.Span[..length]) is not { } header)
        {
            throw window.Corrupt("a segment's header was expected.");
        }

        if (ledger.Refuse(header) is { } refusal)
        {
            throw window.Corrupt(refusal);
        }

        if (!header.IsEof)
        {
            window.Skip(length);
            segment = header;
            return null;
        }

        var offset = window.Offset;
        var crc = ledger.Close(header);
        if (crc != header.Crc)
        {
            throw window.Corrupt($"the documents of {header.Database}.{header.Collection} have the CRC {crc:x16}, but {header.Crc:x16} was written.");
        }

        window.Skip(length);
        await window.NextAsync("the end of a namespace", cancellationToken).ConfigureAwait(false);
        if (!window.IsTerminator)
        {
            throw window.Corrupt($"the end of {header.Database}.{header.Collection} has no terminator.");
        }

        window.Skip(ArchiveFormat.MarkSize);
        return new DocumentBatch(header.Database, header.Collection, header.Crc, crc, offset);
    }

    /// <summary>The next documents of the segment; null when its terminator is next.</summary>
    private async ValueTask<DocumentBatch?> ReadDocumentsAsync(NamespaceHeader header, CancellationToken cancellationToken)
    {
        await window.NextAsync($"a document of {header.Database}.{header.Collection}", cancellationToken).ConfigureAwait(false);
        var size = DocumentRun.Measure(window.Span, out var count);
        if (size == 0)
        {
            return window.IsTerminator ? null : throw window.Corrupt($"a document of {header.Database}.{header.Collection} does not end with 00.");
        }

        ledger.Append(header, window.Span[..size]);
        return window.Cut(header.Database, header.Collection, size, count);
    }
}
