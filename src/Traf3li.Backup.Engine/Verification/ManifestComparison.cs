using System.Globalization;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Holds what was found in a backup against what its manifest records.</summary>
internal sealed class ManifestComparison(BackupManifest manifest, ProblemList problems)
{
    /// <summary>Compares the namespaces of the archive, their metadata, options and indexes.</summary>
    /// <param name="prelude">The archive's prelude; null when it could not be read, which was told already.</param>
    public void Compare(ArchivePrelude? prelude)
    {
        foreach (var item in manifest.Namespace)
        {
            RequireBson(item, "options", item.OptionsBson);
            foreach (var index in item.IndexBson)
            {
                RequireBson(item, "an index", index);
            }
        }

        if (prelude is null)
        {
            return;
        }

        var found = prelude.Namespaces.Where(item => !item.IsOplog).ToArray();
        if (found.Length != manifest.Namespace.Count)
        {
            problems.Add($"The archive's prelude lists {found.Length} namespaces, and {manifest.Namespace.Count} were recorded.");
        }

        foreach (var (item, recorded) in found.Zip(manifest.Namespace))
        {
            if (item.Database != recorded.Database || item.Collection != recorded.Collection)
            {
                problems.Add($"{recorded}: the archive's prelude has {item} in its place.");
            }
            else if (item.MetadataJson != recorded.MetadataJson)
            {
                problems.Add($"{recorded}: the metadata of the archive are not those of the manifest.");
            }
            else if (item.Type.Length > 0 && item.Type != recorded.Type)
            {
                problems.Add($"{recorded}: it is a {item.Type} in the archive, and was recorded as a {recorded.Type}.");
            }
        }

        if (prelude.Namespaces.Any(item => item.IsOplog) != manifest.Oplog is not null)
        {
            problems.Add($"A captured oplog is in {(manifest.Oplog is null ? "the archive's prelude, but not in the manifest" : "the manifest, but not in the archive's prelude")}.");
        }
    }

    /// <summary>Compares the documents.</summary>
    /// <param name="tallies">What was found, in the order of the manifest's namespaces.</param>
    /// <param name="oplog">What was found of the captured oplog; null when there is nothing of one.</param>
    public void Compare(IReadOnlyList<NamespaceTally> tallies, NamespaceTally? oplog)
    {
        for (var index = 0; index < tallies.Count; index++)
        {
            Compare(tallies[index], manifest.Namespace[index]);
        }

        if (oplog is not null && manifest.Oplog is { } recorded)
        {
            Compare(oplog, recorded);
            ComparePositions(oplog);
        }
        else if (oplog is not null)
        {
            problems.Add("The block index has blocks of a captured oplog, and the manifest records none.");
        }
        else if (manifest.Consistency == BackupConsistency.Oplog)
        {
            problems.Add("The backup's state depends on a captured oplog, and there is none.");
        }
    }

    private void Compare(NamespaceTally tally, NamespaceManifest recorded)
    {
        if (tally.IsDamaged)
        {
            return;
        }

        if (!tally.HasEnded)
        {
            problems.Add($"{tally.Name}: its end is missing in the archive.");
            return;
        }

        var found = tally.Hash;
        var crc = tally.Crc.ToString("x16", CultureInfo.InvariantCulture);
        if (found.Count != recorded.Count || found.Bytes != recorded.Size)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{tally.Name}: the archive holds {found.Count} documents of {found.Bytes} bytes, and {recorded.Count} of {recorded.Size} were recorded."));
        }

        if (!string.Equals(found.ToHex(), recorded.ContentHash, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"{tally.Name}: its documents have the content hash {found.ToHex()}, and {recorded.ContentHash} was recorded.");
        }

        if (!string.Equals(crc, recorded.Crc, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"{tally.Name}: its documents have the CRC {crc}, and {recorded.Crc} was recorded.");
        }
    }

    // Entries of other databases are not kept, so the first kept one may be later than the start, and the last one earlier than the end.
    private void ComparePositions(NamespaceTally oplog)
    {
        if (oplog.IsDamaged)
        {
            return;
        }

        if (manifest.OplogStart is not { } start || manifest.ConsistencyPoint is not { } end || end < start)
        {
            problems.Add("The manifest does not say from where to where the captured oplog reaches.");
        }
        else if (oplog.Oplog.First < start || oplog.Oplog.Last > end)
        {
            problems.Add($"The captured oplog reaches from {oplog.Oplog.First} to {oplog.Oplog.Last}, which is not within {start} to {end} as recorded.");
        }
    }

    private void RequireBson(NamespaceManifest item, string what, string? base64)
    {
        if (base64 is null)
        {
            return;
        }

        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || !RawBson.TryValidate(bytes.AsSpan(0, length), out _))
        {
            problems.Add($"{item}: {what} in the manifest is no BSON.");
        }
    }
}
