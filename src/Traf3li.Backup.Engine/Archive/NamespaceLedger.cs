namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Keeps account of an archive's namespaces while it is read: which may come, which are closed, which CRC they have so far.
/// </summary>
internal sealed class NamespaceLedger
{
    private readonly Dictionary<(string Database, string Collection), Entry> entries = [];
    private readonly List<Entry> _expected = [];

    /// <summary>Expects the namespaces of a prelude. A time series may come under its own name or under that of its buckets.</summary>
    public NamespaceLedger(IEnumerable<ArchiveNamespace> namespaces)
    {
        foreach (var item in namespaces)
        {
            var entry = new Entry(item);
            _expected.Add(entry);
            entries[(item.Database, item.Collection)] = entry;
        }

        foreach (var item in _expected.Where(item => string.Equals(item.Namespace.Type, ArchiveFormat.TimeSeriesType, StringComparison.Ordinal)))
        {
            // From 8.3 on, data stand under the series' own name; before, under its buckets (mongo-tools, archive/prelude.go).
            entries.TryAdd((item.Namespace.Database, ArchiveFormat.BucketPrefix + item.Namespace.Collection), item);
        }
    }

    /// <summary>Why a segment or an end of this namespace may not come now; null if it may.</summary>
    public string? Refuse(NamespaceHeader header)
    {
        var entry = Find(header);
        if (entry is null)
        {
            return $"a segment of {header.Database}.{header.Collection}, which is not in the prelude.";
        }

        return entry.IsClosed ? $"a segment of {header.Database}.{header.Collection}, which has already ended." : null;
    }

    /// <summary>Takes documents into a namespace's CRC.</summary>
    public void Append(NamespaceHeader header, ReadOnlySpan<byte> documents)
    {
        var entry = Find(header)!;
        entry.Crc = Crc64Xz.Append(entry.Crc, documents);
    }

    /// <summary>Closes a namespace and gives the CRC of its documents.</summary>
    public ulong Close(NamespaceHeader header)
    {
        var entry = Find(header)!;
        entry.IsClosed = true;
        return entry.Crc;
    }

    /// <summary>The first namespace that has not ended; null if all have.</summary>
    public ArchiveNamespace? FirstOpen() => _expected.Find(entry => !entry.IsClosed)?.Namespace;

    private Entry? Find(NamespaceHeader header)
    {
        var key = (header.Database, header.Collection);
        if (!entries.TryGetValue(key, out var entry) && ArchiveFormat.IsOplog(header.Database, header.Collection))
        {
            entry = new Entry(new ArchiveNamespace(header.Database, header.Collection, "", "", 0));
            _expected.Add(entry);
            entries[key] = entry;
        }

        return entry;
    }

    private sealed class Entry(ArchiveNamespace item)
    {
        public ArchiveNamespace Namespace { get; } = item;

        public ulong Crc { get; set; }

        public bool IsClosed { get; set; }
    }
}
