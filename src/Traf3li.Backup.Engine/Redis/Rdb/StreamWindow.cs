namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// The window over the RDB itself. It sums the CRC of everything that was taken, can copy what is taken to a stream, and can hold what
/// was taken since a mark, so as to give it in one span or to take it again.
/// </summary>
internal sealed class StreamWindow : ByteWindow
{
    private readonly Stream _stream;
    private readonly RdbPlace _place;
    private ulong _crc;
    private int _hashed;
    private int _mark = -1;
    private int _markLimit;
    private Stream? _copy;
    private int _copied;

    /// <summary>Opens a window.</summary>
    /// <param name="stream">Where the RDB comes from.</param>
    /// <param name="place">For errors.</param>
    /// <param name="size">The size of the window, bytes.</param>
    public StreamWindow(Stream stream, RdbPlace place, int size)
    {
        _stream = stream;
        _place = place;
        _buffer = new byte[Math.Max(size, 2 * Contiguous)];
    }

    /// <summary>Ends waiting for the stream.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>What was taken since the mark.</summary>
    public ReadOnlySpan<byte> Marked => _buffer.AsSpan(_mark, _position - _mark);

    /// <summary>The CRC of all bytes that were taken.</summary>
    public ulong Crc
    {
        get
        {
            Sum();
            return _crc;
        }
    }

    /// <summary>Whether there is another byte.</summary>
    public bool HasMore() => _position < _end || TryRead(1);

    /// <summary>From here on what is taken stays, up to so many bytes; to take more throws <see cref="MarkPassedException" />.</summary>
    public void SetMark(int limit)
    {
        _mark = _position;
        _markLimit = limit;
    }

    /// <summary>Lets go of what was taken since the mark.</summary>
    public void ClearMark() => _mark = -1;

    /// <summary>Goes back to the mark and clears it.</summary>
    public void Rewind()
    {
        _position = _mark;
        _mark = -1;
    }

    /// <summary>From here on what is taken is also written to a stream, until <see cref="EndCopy" />.</summary>
    public void BeginCopy(Stream destination)
    {
        _copy = destination;
        _copied = _position;
    }

    /// <summary>Writes what is left to write, where the end was reached well.</summary>
    public void EndCopy()
    {
        FlushCopy();
        _copy = null;
    }

    /// <inheritdoc />
    public override RdbCorruptException Corrupt(string reason) => _place.Corrupt(Offset, reason);

    private protected override void Refill(int count)
    {
        if (_mark >= 0 && _position + (long)count - _mark > _markLimit)
        {
            throw new MarkPassedException();
        }

        if (!TryRead(count))
        {
            throw _place.Corrupt(_origin + _end, "it ends here, in the middle of something");
        }
    }

    private bool TryRead(int count)
    {
        Cancellation.ThrowIfCancellationRequested();
        Sum();
        FlushCopy();
        var first = _mark >= 0 ? _mark : _position;
        KeepFrom(first);
        _hashed -= first;
        _copied -= first;
        _mark = _mark >= 0 ? 0 : -1;
        if (_position + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_position + count, 2 * _buffer.Length));
        }

        while (_end - _position < count)
        {
            // Streams of the engine read only asynchronously; to wait also lets a cancellation through.
            var reading = _stream.ReadAsync(_buffer.AsMemory(_end), Cancellation);
            var read = reading.IsCompletedSuccessfully ? reading.Result : reading.AsTask().GetAwaiter().GetResult();
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void Sum()
    {
        // After a step back to a mark the sum is ahead.
        if (_position > _hashed)
        {
            _crc = Crc64Jones.Append(_crc, _buffer.AsSpan(_hashed, _position - _hashed));
            _hashed = _position;
        }
    }

    private void FlushCopy()
    {
        if (_copy is not null)
        {
            _copy.Write(_buffer, _copied, _position - _copied);
            _copied = _position;
        }
    }

    /// <summary>More was taken than the mark allows to keep.</summary>
    internal sealed class MarkPassedException : Exception;
}
