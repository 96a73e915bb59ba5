using System.Buffers.Binary;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// The part of a plain archive stream that stands in memory. Batches are cut from it without copying; when it runs out, what is not yet
/// used moves to a fresh buffer.
/// </summary>
internal sealed class ArchiveWindow(Stream stream, string name, BufferPool pool) : IDisposable
{
    /// <summary>How much a batch holds at most, unless one document is larger.</summary>
    public const int BatchSize = 4 << 20;

    private SharedBuffer? _shared;
    private int _start;
    private int _end;

    /// <summary>Where the window's first unused byte stands in the archive.</summary>
    public long Offset { get; private set; }

    /// <summary>How many unused bytes are in memory.</summary>
    public int Available => _end - _start;

    /// <summary>The unused bytes in memory.</summary>
    public ReadOnlySpan<byte> Span => _shared is null ? default : _shared.Buffer.Array.AsSpan(_start, _end - _start);

    /// <summary>Uses bytes up.</summary>
    public void Skip(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Cuts the first <paramref name="size" /> unused bytes off as a batch.</summary>
    public DocumentBatch Cut(string database, string collection, int size, int count)
    {
        var batch = new DocumentBatch(database, collection, _shared!, _shared!.Buffer.Memory.Slice(_start, size), count, Offset);
        Skip(size);
        return batch;
    }

    /// <summary>Brings at least <paramref name="count" /> unused bytes into memory; false if the stream ends before.</summary>
    public async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (Available >= count)
        {
            return true;
        }

        if (_shared is null || _shared.Buffer.Capacity - _start < count)
        {
            var fresh = await pool.RentAsync(Math.Max(count, BatchSize), _shared?.Buffer, cancellationToken).ConfigureAwait(false);
            if (_shared is not null)
            {
                Span.CopyTo(fresh.Array);
                _shared.Release();
            }

            _shared = new SharedBuffer(fresh);
            _end -= _start;
            _start = 0;
        }

        while (Available < count)
        {
            var read = await stream.ReadAsync(_shared.Buffer.Memory[_end..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    /// <summary>Brings the next document or terminator into memory and gives its length; a terminator has <see cref="ArchiveFormat.MarkSize" />.</summary>
    /// <param name="what">What is expected, for the message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<int> NextAsync(string what, CancellationToken cancellationToken)
    {
        if (!await FillAsync(ArchiveFormat.MarkSize, cancellationToken).ConfigureAwait(false))
        {
            throw CutOff(what);
        }

        if (IsTerminator)
        {
            return ArchiveFormat.MarkSize;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(Span);
        if (length is < RawBson.MinSize or > ArchiveFormat.MaxReadSize)
        {
            throw Corrupt($"{what} was expected, but {length} is no document's length.");
        }

        if (!await FillAsync(length, cancellationToken).ConfigureAwait(false))
        {
            throw CutOff($"{what} of {length} bytes");
        }

        return Span[length - 1] == 0 ? length : throw Corrupt($"{what} of {length} bytes does not end with 00.");
    }

    /// <summary>Whether the unused bytes begin with a terminator. At least four must be in memory.</summary>
    public bool IsTerminator => BinaryPrimitives.ReadUInt32LittleEndian(Span) == ArchiveFormat.Terminator;

    /// <summary>An error at the first unused byte.</summary>
    public ArchiveCorruptException Corrupt(string reason) => new(name, Offset, reason);

    /// <inheritdoc />
    public void Dispose()
    {
        _shared?.Release();
        _shared = null;
        _start = _end = 0;
    }

    private ArchiveCorruptException CutOff(string what) => new(name, Offset + Available, $"it ends where {what} was expected.");
}
