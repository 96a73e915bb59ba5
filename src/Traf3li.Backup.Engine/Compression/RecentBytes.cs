namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Feeds a decompressor small pieces of a stream and keeps the last two, because .NET's does not say where in them its data ended.
/// </summary>
internal sealed class RecentBytes(Stream stream) : Stream
{
    private const int Piece = 8 << 10;
    private readonly byte[] _recent = new byte[3 * Piece];
    private readonly byte[] _ahead = new byte[64 << 10];
    private int _recentLength;
    private int _lastStart;
    private ReadOnlyMemory<byte> _pending;

    /// <summary>The last bytes that were given, oldest first.</summary>
    public ReadOnlySpan<byte> Recent => _recent.AsSpan(0, _recentLength);

    /// <summary>How many bytes were taken from the stream and given.</summary>
    public long Given { get; private set; }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => Given;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes everything after the first <paramref name="count" /> recent bytes be given again.</summary>
    public void Rewind(int count)
    {
        var back = _recentLength - count;
        Given -= back;
        var again = new byte[back + _pending.Length];
        Recent[count..].CopyTo(again);
        _pending.Span.CopyTo(again.AsSpan(back));
        _pending = again;
        Forget();
    }

    /// <summary>Keeps nothing of what was given so far.</summary>
    public void Forget()
    {
        _recentLength = 0;
        _lastStart = 0;
    }

    /// <summary>Looks at what comes next without giving it; fewer bytes than wanted at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        if (_pending.Length < count)
        {
            var more = new byte[Math.Max(count, _pending.Length)];
            _pending.CopyTo(more);
            var read = await stream.ReadAtLeastAsync(more.AsMemory(_pending.Length), count - _pending.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            _pending = more.AsMemory(0, _pending.Length + read);
        }

        return _pending;
    }

    /// <summary>Gives bytes that were looked at to nobody.</summary>
    public void Skip(int count)
    {
        _pending = _pending[count..];
        Given += count;
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_pending.IsEmpty)
        {
            _pending = _ahead.AsMemory(0, await stream.ReadAsync(_ahead, cancellationToken).ConfigureAwait(false));
        }

        var size = Math.Min(Math.Min(buffer.Length, Piece), _pending.Length);
        if (size > 0)
        {
            _pending[..size].CopyTo(buffer);
            Remember(_pending.Span[..size]);
            _pending = _pending[size..];
            Given += size;
        }

        return size;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        // The piece before the last always stays, as a trailer may begin in it.
        Recent[_lastStart..].CopyTo(_recent);
        _recentLength -= _lastStart;
        _lastStart = _recentLength;
        bytes.CopyTo(_recent.AsSpan(_recentLength));
        _recentLength += bytes.Length;
    }
}
