namespace Traf3li.Backup.Testing.Archive;

/// <summary>One namespace that <see cref="StrictArchiveChecker" /> has read.</summary>
public sealed class CheckedNamespace(string database, string collection, string metadata, int size, string type)
{
    private ulong _state = ulong.MaxValue;

    /// <summary>database.collection, as in the prelude.</summary>
    public string Name => database + "." + collection;

    /// <summary>The metadata text.</summary>
    public string Metadata => metadata;

    /// <summary>The type of the prelude.</summary>
    public string Type => type;

    /// <summary>The size of the prelude.</summary>
    public int Size => size;

    /// <summary>Documents.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of documents.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether its end was read.</summary>
    public bool Ended { get; internal set; }

    /// <summary>CRC-64/XZ of the documents, bit by bit; 0 of none.</summary>
    public ulong Crc => ~_state;

    internal bool IsOplog => database.Length == 0 && collection is "oplog";

    internal bool Answers(string name) =>
        string.Equals(name, Name, StringComparison.Ordinal)
        || (type is "timeseries" && string.Equals(name, database + ".system.buckets." + collection, StringComparison.Ordinal));

    internal void Add(byte[] document)
    {
        Count++;
        Bytes += document.Length;
        foreach (var value in document)
        {
            _state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                _state = (_state >> 1) ^ (0xc96c5795d7870f42UL & (0 - (_state & 1)));
            }
        }
    }
}
