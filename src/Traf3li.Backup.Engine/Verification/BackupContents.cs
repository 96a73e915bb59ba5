using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>All that was found in a backup.</summary>
/// <param name="Prelude">Its header and namespaces; null when they could not be read.</param>
/// <param name="Tallies">Its namespaces, the captured oplog included.</param>
/// <param name="BytesRead">Bytes read of the stored object or the files.</param>
internal sealed record BackupContents(ArchivePrelude? Prelude, IReadOnlyList<NamespaceTally> Tallies, long BytesRead)
{
    /// <summary>The namespaces without the oplog.</summary>
    public IEnumerable<NamespaceTally> Namespaces => Tallies.Where(tally => !tally.IsOplog);

    /// <summary>What the captured oplog says; null when there is none.</summary>
    public OplogFacts? Oplog => Tallies.FirstOrDefault(tally => tally.IsOplog)?.Oplog;

    /// <summary>The namespace of this name.</summary>
    public NamespaceTally? Find(string database, string collection) =>
        Tallies.FirstOrDefault(tally => tally.Database == database && tally.Collection == collection);
}
