using System.Buffers.Binary;
using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// Lays the documents of one namespace out as archive segments of about 4 MiB while replies are taken apart: the bytes go from the driver's
/// buffer straight between segment header and terminator, and are not copied again before they are compressed.
/// </summary>
internal sealed class SegmentSink(BufferPool pool, string database, string collection) : IRawDocumentSink, IDisposable
{
    /// <summary>How many bytes of documents a segment holds before it is closed.</summary>
    public const int SegmentSize = 4 << 20;

    private readonly byte[] _header = ArchiveEncoder.SegmentHeader(database, collection);
    private readonly int _eofSize = ArchiveEncoder.Eof(database, collection, 0).Length;
    private readonly List<Segment> _finished = [];
    private PooledBuffer? _current;
    private int _currentCount;

    /// <summary>CRC-64/XZ of the documents of all closed segments; of everything after <see cref="Finish" />.</summary>
    public ulong Crc { get; private set; }

    /// <summary>Documents so far.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of documents so far.</summary>
    public long Size { get; private set; }

    /// <summary>Gets a buffer ready, waiting for memory if need be. Called before each reply, since taking one apart cannot wait.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (_current is null)
        {
            Begin(await pool.RentAsync(BufferPool.BlockCapacity, cancellationToken).ConfigureAwait(false));
        }
    }

    public void Append(IByteBuffer document)
    {
        var target = MakeRoom(document.Length);
        document.GetBytes(0, target.Array, target.Length, document.Length);
        Advance(target, document.Length);
    }

    /// <summary>Appends one document.</summary>
    public void Append(ReadOnlySpan<byte> document)
    {
        var target = MakeRoom(document.Length);
        document.CopyTo(target.Array.AsSpan(target.Length));
        Advance(target, document.Length);
    }

    /// <summary>Hands over the segments that are full.</summary>
    public IReadOnlyList<Segment> TakeFinished()
    {
        var taken = _finished.ToArray();
        _finished.Clear();
        return taken;
    }

    /// <summary>Closes the namespace: what is left, with its EOF header.</summary>
    public Segment Finish()
    {
        if (_currentCount > 0)
        {
            Close(_current!, withEof: true);
            var last = _finished[^1];
            _finished.RemoveAt(_finished.Count - 1);
            return last;
        }

        _current?.Dispose();
        _current = null;
        var eof = ArchiveEncoder.Eof(database, collection, Crc);
        var buffer = pool.Rent(eof.Length);
        buffer.Append(eof);
        return new Segment(buffer, 0, 0);
    }

    public void Dispose()
    {
        _current?.Dispose();
        _current = null;
        foreach (var segment in _finished)
        {
            segment.Buffer.Dispose();
        }

        _finished.Clear();
    }

    private void Begin(PooledBuffer buffer)
    {
        buffer.Append(_header);
        _current = buffer;
        _currentCount = 0;
    }

    private PooledBuffer MakeRoom(int length)
    {
        if (_current is not null && _currentCount > 0 && (_current.Length - _header.Length + length > SegmentSize || !Fits(_current, length)))
        {
            Close(_current, withEof: false);
        }

        if (_current is null || !Fits(_current, length))
        {
            _current?.Dispose();
            Begin(pool.Rent(Math.Max(BufferPool.BlockCapacity, _header.Length + length + ArchiveFormat.MarkSize + _eofSize)));
        }

        return _current!;
    }

    private void Advance(PooledBuffer target, int length)
    {
        target.Length += length;
        _currentCount++;
        Count++;
        Size += length;
    }

    private bool Fits(PooledBuffer buffer, int length) => buffer.Length + length + ArchiveFormat.MarkSize + _eofSize <= buffer.Capacity;

    private void Close(PooledBuffer buffer, bool withEof)
    {
        // Of a whole segment at once: for each document apart it would take three times as long.
        var documents = buffer.Length - _header.Length;
        Crc = Crc64Xz.Append(Crc, buffer.Used.Span[_header.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.Free.Span, ArchiveFormat.Terminator);
        buffer.Length += ArchiveFormat.MarkSize;
        if (withEof)
        {
            buffer.Append(ArchiveEncoder.Eof(database, collection, Crc));
        }

        _finished.Add(new Segment(buffer, _header.Length, documents));
        _current = null;
        _currentCount = 0;
    }
}
