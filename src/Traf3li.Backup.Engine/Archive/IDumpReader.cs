namespace Traf3li.Backup.Engine.Archive;

/// <summary>Reads what mongodump or this module dumped, from an archive or a folder, front to back and once.</summary>
internal interface IDumpReader : IAsyncDisposable
{
    /// <summary>The file, key or folder, for messages.</summary>
    string Name { get; }

    /// <summary>The header and the namespaces.</summary>
    ArchivePrelude Prelude { get; }

    /// <summary>
    /// The next batch, which the caller disposes; null at the end. The end of each namespace is a batch of its own
    /// (<see cref="DocumentBatch.IsEof" />). Not to be called again before the last call has ended.
    /// </summary>
    /// <exception cref="ArchiveCorruptException">The dump is damaged or cut off.</exception>
    ValueTask<DocumentBatch?> ReadAsync(CancellationToken cancellationToken);
}
