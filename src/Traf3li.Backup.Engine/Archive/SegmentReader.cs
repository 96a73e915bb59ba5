using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Reads the segments of one decompressed block, which holds whole segments of one namespace. It checks what can be checked within the
/// block; whoever reads several adds up their CRCs.
/// </summary>
internal sealed class SegmentReader
{
    private readonly ReadOnlyMemory<byte> block;
    private readonly string name;
    private readonly long origin;
    private int position;
    private NamespaceHeader? closed;
    private NamespaceHeader? seen;

    /// <summary>Begins at the block's first segment.</summary>
    /// <param name="block">The plain bytes.</param>
    /// <param name="name">The archive, for messages.</param>
    /// <param name="origin">Where the block begins in the plain archive, bytes, for messages.</param>
    public SegmentReader(ReadOnlyMemory<byte> block, string name, long origin)
    {
        this.block = block;
        this.name = name;
        this.origin = origin;
    }

    /// <summary>Goes to the next segment or end; false at the end of the block.</summary>
    /// <exception cref="ArchiveCorruptException">The block is no run of segments of one namespace.</exception>
    public bool TryRead(out ArchiveSegment segment)
    {
        segment = default;
        if (position == block.Length)
        {
            return false;
        }

        var length = Next("a segment's header");
        if (length == 0 || NamespaceHeader.Parse(block.Span.Slice(position, length)) is not { } header)
        {
            throw Corrupt("a segment's header was expected.");
        }

        if (closed is not null || (seen is { } other && (other.Database, other.Collection) != (header.Database, header.Collection)))
        {
            throw Corrupt(closed is not null
                ? $"a segment of {header.Database}.{header.Collection} follows the namespace's end."
                : $"a segment of {header.Database}.{header.Collection} stands in a block of {seen!.Value.Database}.{seen.Value.Collection}.");
        }

        seen = header;
        position += length;
        var start = position;
        var count = 0;
        while ((length = Next($"a document of {header.Database}.{header.Collection}")) != 0)
        {
            if (header.IsEof)
            {
                throw Corrupt($"the end of {header.Database}.{header.Collection} has no terminator.");
            }

            position += length;
            count++;
        }

        var documents = block[start..position];
        position += ArchiveFormat.MarkSize;
        closed = header.IsEof ? header : null;
        segment = new ArchiveSegment(header.Database, header.Collection, documents, count, header.IsEof, header.IsEof ? header.Crc : Crc64Xz.Append(0, documents.Span));
        return true;
    }

    /// <summary>The next document's length; 0 at a terminator.</summary>
    private int Next(string what)
    {
        var rest = block.Span[position..];
        if (rest.Length < ArchiveFormat.MarkSize)
        {
            throw Corrupt($"the block ends where {what} was expected.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (unchecked((uint)length) == ArchiveFormat.Terminator)
        {
            return 0;
        }

        if (length is < RawBson.MinSize or > ArchiveFormat.MaxReadSize || length > rest.Length || rest[length - 1] != 0)
        {
            throw Corrupt($"{what} was expected, but {length} is not its length.");
        }

        return length;
    }

    private ArchiveCorruptException Corrupt(string reason) => new(name, origin + position, reason);
}
