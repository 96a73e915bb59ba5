namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>Bytes that are read once, from the front, through a buffer that slides over them.</summary>
internal abstract class ByteWindow
{
    /// <summary>A run of bytes up to this length, bytes, can be had in one span.</summary>
    public const int Contiguous = 16 << 10;

    /// <summary>The longest piece of an element, bytes.</summary>
    public const int LongestPiece = 1 << 20;

    private protected byte[] _buffer = [];
    private protected int _position;
    private protected int _end;
    private protected long _origin;

    /// <summary>How many bytes were taken so far.</summary>
    public long Offset => _origin + _position;

    /// <summary>What can be taken without reading more.</summary>
    public ReadOnlySpan<byte> Available => _buffer.AsSpan(_position, _end - _position);

    /// <summary>Takes one byte.</summary>
    public byte TakeByte()
    {
        if (_position == _end)
        {
            Refill(1);
        }

        return _buffer[_position++];
    }

    /// <summary>Takes so many bytes, at most <see cref="Contiguous" />. The span holds until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        var bytes = Peek(count);
        _position += count;
        return bytes;
    }

    /// <summary>Looks at so many bytes without taking them, at most <see cref="Contiguous" />.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _position < count)
        {
            Refill(count);
        }

        return _buffer.AsSpan(_position, count);
    }

    /// <summary>Takes bytes that are known to be <see cref="Available" />.</summary>
    public void Advance(int count) => _position += count;

    /// <summary>Takes at least one and at most so many bytes: whatever there is.</summary>
    public ReadOnlySpan<byte> TakeSome(long atMost)
    {
        if (_position == _end)
        {
            Refill(1);
        }

        var count = (int)Math.Min(atMost, Math.Min(_end - _position, LongestPiece));
        _position += count;
        return _buffer.AsSpan(_position - count, count);
    }

    /// <summary>Takes so many bytes and gives them to nobody.</summary>
    public void Skip(long count)
    {
        while (count > 0)
        {
            count -= TakeSome(count).Length;
        }
    }

    /// <summary>Gives the next bytes to a visitor, in one piece where they are at most <see cref="Contiguous" />.</summary>
    public void Emit(RdbVisitor? visitor, RdbPart part, long length)
    {
        if (visitor is null)
        {
            Skip(length);
        }
        else if (length <= Contiguous)
        {
            visitor.OnBytes(part, Take((int)length), 0);
        }
        else
        {
            while (length > 0)
            {
                var piece = TakeSome(length);
                length -= piece.Length;
                visitor.OnBytes(part, piece, length);
            }
        }
    }

    /// <summary>The error of damage at the place that was reached.</summary>
    public abstract RdbCorruptException Corrupt(string reason);

    /// <summary>Makes so many bytes available in a row, or throws because they are not there.</summary>
    private protected abstract void Refill(int count);

    /// <summary>Moves what is to be kept to the front of the buffer.</summary>
    private protected void KeepFrom(int first)
    {
        if (first > 0)
        {
            _buffer.AsSpan(first, _end - first).CopyTo(_buffer);
            _origin += first;
            _position -= first;
            _end -= first;
        }
    }
}
