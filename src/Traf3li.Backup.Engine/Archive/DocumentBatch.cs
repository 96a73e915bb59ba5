namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Some documents of one namespace, or its end. It holds pooled memory: whoever has it disposes it, on any thread, and copies what it
/// wants to keep.
/// </summary>
internal sealed class DocumentBatch : IDisposable
{
    private SharedBuffer? _memory;

    internal DocumentBatch(string database, string collection, SharedBuffer memory, ReadOnlyMemory<byte> documents, int count, long offset)
    {
        Database = database;
        Collection = collection;
        _memory = memory.Hold();
        Documents = documents;
        Count = count;
        Offset = offset;
    }

    internal DocumentBatch(string database, string collection, ulong storedCrc, ulong computedCrc, long offset)
    {
        Database = database;
        Collection = collection;
        IsEof = true;
        StoredCrc = storedCrc;
        ComputedCrc = computedCrc;
        Offset = offset;
    }

    /// <summary>The database; empty for the oplog.</summary>
    public string Database { get; }

    /// <summary>The collection as the segment names it: a time series' data stand under <c>system.buckets.NAME</c>.</summary>
    public string Collection { get; }

    /// <summary>Whole documents, one behind the other.</summary>
    public ReadOnlyMemory<byte> Documents { get; private set; }

    /// <summary>How many documents.</summary>
    public int Count { get; }

    /// <summary>Where it begins, bytes of the archive before compression (of the file, in a dump folder).</summary>
    public long Offset { get; }

    /// <summary>Whether the namespace ends here. Such a batch has no documents.</summary>
    public bool IsEof { get; }

    /// <summary>At the end: the CRC-64/XZ that the archive gives. A dump folder gives none; there it equals the computed one.</summary>
    public ulong StoredCrc { get; }

    /// <summary>At the end: the CRC-64/XZ of the documents that were read.</summary>
    public ulong ComputedCrc { get; }

    /// <summary>Whether it is of the captured oplog.</summary>
    public bool IsOplog => ArchiveFormat.IsOplog(Database, Collection);

    /// <inheritdoc />
    public void Dispose()
    {
        Documents = default;
        Interlocked.Exchange(ref _memory, null)?.Release();
    }
}
