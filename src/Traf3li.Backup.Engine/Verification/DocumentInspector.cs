using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Looks at every document of a run, some at a time.</summary>
/// <param name="name">The namespace, for messages.</param>
/// <param name="isOplog">Whether they are oplog entries.</param>
/// <param name="problems">Told the first damaged document, and how many there are.</param>
internal sealed class DocumentInspector(string name, bool isOplog, ProblemList problems)
{
    private readonly OplogFacts? _oplog = isOplog ? new OplogFacts() : null;
    private ContentHash _hash;
    private bool _asIs = true;
    private int _damaged;
    private string? _first;

    /// <summary>Looks at documents that stand one behind the other; whoever found them has checked their lengths.</summary>
    /// <param name="documents">The next documents.</param>
    /// <param name="offset">Where they begin in the archive, bytes before compression.</param>
    public void Add(ReadOnlySpan<byte> documents, long offset)
    {
        for (var position = 0; position < documents.Length;)
        {
            RawBson.TryReadLength(documents[position..], out var length);
            var document = documents.Slice(position, length);
            var wrong = RawBson.TryValidate(document, out var error) ? _oplog?.Add(document) : error;
            if (wrong is not null && _damaged++ == 0)
            {
                _first = $"{name}: the document at byte {offset + position} of the archive is damaged: {wrong}";
            }

            _asIs &= RawBson.BeginsWithId(document);
            _hash.Add(document);
            position += length;
        }
    }

    /// <summary>What was found in all of them. Called once.</summary>
    /// <param name="crc">Their CRC, which the reader has computed.</param>
    public DocumentRunFacts Complete(ulong crc)
    {
        if (_first is not null)
        {
            problems.Add(_damaged == 1 ? _first : $"{_first} {_damaged - 1} of the next documents are damaged too.");
        }

        return new DocumentRunFacts(_hash, crc, _asIs, _damaged > 0, _oplog);
    }
}
