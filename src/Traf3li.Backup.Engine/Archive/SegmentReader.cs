using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads the segments of one decompressed block, which holds whole segments of one namespace. It checks what can be checked within the
/// block; whoever reads several adds up their CRCs.
/// </summary>
internal sealed class SegmentReader
{
    // Documents are walked, checksummed and shown in pieces that stay in a core's second-level cache: a block of 4 MiB does not.
    private const int PieceSize = 256 << 10;

    private readonly ReadOnlyMemory<byte> _block;
    private readonly string _name;
    private readonly long _origin;
    private int _position;
    private NamespaceHeader? _closed;
    private NamespaceHeader? _seen;

    /// <summary>Begins at the block's first segment.</summary>
    /// <param name="block">The plain bytes.</param>
    /// <param name="name">The archive, for messages.</param>
    /// <param name="origin">Where the block begins in the plain archive, bytes, for messages.</param>
    public SegmentReader(ReadOnlyMemory<byte> block, string name, long origin)
    {
        _block = block;
        _name = name;
        _origin = origin;
    }

    /// <summary>Sees some whole documents of the segment being read, with the place where they begin in the block, bytes.</summary>
    public delegate void PieceVisitor(ReadOnlySpan<byte> documents, int offset);

    /// <summary>Goes to the next segment or end; false at the end of the block.</summary>
    /// <param name="segment">What was read.</param>
    /// <param name="visit">Shown every document of the segment, some at a time, while they are in the processor's cache; null: nobody.</param>
    /// <exception cref="ArchiveCorruptException">The block is no run of segments of one namespace.</exception>
    public bool TryRead(out ArchiveSegment segment, PieceVisitor? visit = null)
    {
        segment = default;
        if (_position == _block.Length)
        {
            return false;
        }

        var length = Next(isHeader: true);
        if (length == 0 || NamespaceHeader.Parse(_block.Span.Slice(_position, length)) is not { } header)
        {
            throw Corrupt("a segment's header was expected.");
        }

        if (_closed is not null || (_seen is { } other && (other.Database, other.Collection) != (header.Database, header.Collection)))
        {
            throw Corrupt(_closed is not null
                ? $"a segment of {header.Database}.{header.Collection} follows the namespace's end."
                : $"a segment of {header.Database}.{header.Collection} stands in a block of {_seen!.Value.Database}.{_seen.Value.Collection}.");
        }

        _seen = header;
        _position += length;
        var start = _position;
        var piece = _position;
        var count = 0;
        var crc = 0UL;
        while ((length = Next(isHeader: false)) != 0)
        {
            if (header.IsEof)
            {
                throw Corrupt($"the end of {header.Database}.{header.Collection} has no terminator.");
            }

            _position += length;
            count++;
            if (_position - piece >= PieceSize)
            {
                Take(ref piece, ref crc, visit);
            }
        }

        Take(ref piece, ref crc, visit);
        var documents = _block[start.._position];
        _position += ArchiveFormat.MarkSize;
        _closed = header.IsEof ? header : null;
        segment = new ArchiveSegment(header.Database, header.Collection, documents, count, header.IsEof, header.IsEof ? header.Crc : crc);
        return true;
    }

    private void Take(ref int piece, ref ulong crc, PieceVisitor? visit)
    {
        var documents = _block.Span[piece.._position];
        crc = Crc64Xz.Append(crc, documents);
        visit?.Invoke(documents, piece);
        piece = _position;
    }

    /// <summary>The next document's length; 0 at a terminator.</summary>
    private int Next(bool isHeader)
    {
        var rest = _block.Span[_position..];
        if (rest.Length < ArchiveFormat.MarkSize)
        {
            throw Corrupt($"the block ends where {Expected(isHeader)} was expected.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (unchecked((uint)length) == ArchiveFormat.Terminator)
        {
            return 0;
        }

        if (length is < RawBson.MinSize or > ArchiveFormat.MaxReadSize || length > rest.Length || rest[length - 1] != 0)
        {
            throw Corrupt($"{Expected(isHeader)} was expected, but {length} is not its length.");
        }

        return length;
    }

    private string Expected(bool isHeader) => isHeader ? "a segment's header" : $"a document of {_seen?.Database}.{_seen?.Collection}";

    private ArchiveCorruptException Corrupt(string reason) => new(_name, _origin + _position, reason);
}
