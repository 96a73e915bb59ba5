using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>What was found of one namespace, added up in the archive's order.</summary>
internal sealed class NamespaceTally(string database, string collection, ProblemList problems)
{
    private ContentHash _hash;

    /// <summary>The database; empty for the oplog.</summary>
    public string Database => database;

    /// <summary>The collection, view or time series.</summary>
    public string Collection => collection;

    /// <summary>Whether it is the captured oplog.</summary>
    public bool IsOplog => ArchiveFormat.IsOplog(database, collection);

    /// <summary>Number, bytes and content hash of its documents.</summary>
    public ContentHash Hash => _hash;

    /// <summary>CRC-64/XZ of its documents.</summary>
    public ulong Crc { get; private set; }

    /// <summary>Whether its end was found.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a part of it could not be read, so that its numbers say nothing.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether a server stores each of its documents as it is; one that does not begin with <c>_id</c> it rearranges.</summary>
    public bool IsStoredAsIs { get; private set; } = true;

    /// <summary>What its entries say, when it is the oplog.</summary>
    public OplogFacts Oplog { get; } = new();

    /// <summary>database.collection, or what the captured oplog is called.</summary>
    public string Name => IsOplog ? "the captured oplog" : $"{database}.{collection}";

    /// <summary>Whether a segment so named belongs to it: a time series' documents stand under its own name or under that of its buckets.</summary>
    public bool Owns(string segmentDatabase, string segmentCollection) =>
        segmentDatabase == database
        && (segmentCollection == collection
            || (segmentCollection.StartsWith(ArchiveFormat.BucketPrefix, StringComparison.Ordinal) && segmentCollection[ArchiveFormat.BucketPrefix.Length..] == collection));

    /// <summary>Takes the next documents.</summary>
    public void Add(in DocumentRunFacts run)
    {
        if (HasEnded)
        {
            problems.Add($"{Name}: documents follow its end in the archive.");
        }

        Crc = Crc64Xz.Combine(Crc, run.Crc, run.Hash.Bytes);
        _hash.Combine(run.Hash);
        IsStoredAsIs &= run.IsStoredAsIs;
        IsDamaged |= run.HasDamage;
        if (run.Oplog is not null && Oplog.Append(run.Oplog) is { } wrong)
        {
            problems.Add($"{Name}: {wrong}");
        }
    }

    /// <summary>Takes its end.</summary>
    /// <param name="crc">The CRC that the archive gives for all of it.</param>
    public void End(ulong crc)
    {
        if (HasEnded)
        {
            problems.Add($"{Name}: it ends twice in the archive.");
        }

        HasEnded = true;
        if (crc != Crc && !IsDamaged)
        {
            problems.Add($"{Name}: its documents have the CRC {Crc:x16}, and the archive gives {crc:x16}.");
            IsDamaged = true;
        }
    }

    /// <summary>Remembers that a part of it could not be read.</summary>
    public void Lose() => IsDamaged = true;
}
