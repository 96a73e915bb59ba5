using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>What was found in documents that stand one behind the other.</summary>
/// <param name="Hash">Their number, bytes and content hash.</param>
/// <param name="Crc">Their CRC-64/XZ.</param>
/// <param name="IsStoredAsIs">Whether each begins with <c>_id</c>, so that a server stores it as it is.</param>
/// <param name="HasDamage">Whether one is no valid document.</param>
/// <param name="Oplog">What they say as oplog entries; null for other documents.</param>
internal readonly record struct DocumentRunFacts(ContentHash Hash, ulong Crc, bool IsStoredAsIs, bool HasDamage, OplogFacts? Oplog)
{
    /// <summary>Looks at every document.</summary>
    /// <param name="documents">Whole documents; whoever found them has checked their lengths.</param>
    /// <param name="crc">Their CRC, which the reader has computed.</param>
    /// <param name="name">The namespace, for messages.</param>
    /// <param name="offset">Where they begin in the archive, bytes before compression.</param>
    /// <param name="isOplog">Whether they are oplog entries.</param>
    /// <param name="problems">Told the first damaged document, and how many there are.</param>
    public static DocumentRunFacts Of(ReadOnlySpan<byte> documents, ulong crc, string name, long offset, bool isOplog, ProblemList problems)
    {
        var hash = default(ContentHash);
        var oplog = isOplog ? new OplogFacts() : null;
        var asIs = true;
        var damaged = 0;
        string? first = null;
        for (var position = 0; position < documents.Length;)
        {
            RawBson.TryReadLength(documents[position..], out var length);
            var document = documents.Slice(position, length);
            var wrong = RawBson.TryValidate(document, out var error) ? oplog?.Add(document) : error;
            if (wrong is not null && damaged++ == 0)
            {
                first = $"{name}: the document at byte {offset + position} of the archive is damaged: {wrong}";
            }

            asIs &= BeginsWithId(document);
            hash.Add(document);
            position += length;
        }

        if (first is not null)
        {
            problems.Add(damaged == 1 ? first : $"{first} {damaged - 1} of the next documents are damaged too.");
        }

        return new DocumentRunFacts(hash, crc, asIs, damaged > 0, oplog);
    }

    private static bool BeginsWithId(ReadOnlySpan<byte> document) => document.Length > 8 && document[5..9].SequenceEqual("_id\0"u8);
}
