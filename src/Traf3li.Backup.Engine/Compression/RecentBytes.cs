namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Feeds a decompressor small pieces of a stream and keeps the last two, because .NET's does not say where in them its data ended.
/// </summary>
internal sealed class RecentBytes(Stream stream) : Stream
{
    private const int Piece = 8 << 10;
    private readonly byte[] recent = new byte[3 * Piece];
    private readonly byte[] ahead = new byte[64 << 10];
    private int recentLength;
    private int lastStart;
    private ReadOnlyMemory<byte> pending;

    /// <summary>The last bytes that were given, oldest first.</summary>
    public ReadOnlySpan<byte> Recent => recent.AsSpan(0, recentLength);

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
        var back = recentLength - count;
        Given -= back;
        var again = new byte[back + pending.Length];
        Recent[count..].CopyTo(again);
        pending.Span.CopyTo(again.AsSpan(back));
        pending = again;
        Forget();
    }

    /// <summary>Keeps nothing of what was given so far.</summary>
    public void Forget()
    {
        recentLength = 0;
        lastStart = 0;
    }

    /// <summary>Looks at what comes next without giving it; fewer bytes than wanted at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        if (pending.Length < count)
        {
            var more = new byte[Math.Max(count, pending.Length)];
            pending.CopyTo(more);
            var read = await stream.ReadAtLeastAsync(more.AsMemory(pending.Length), count - pending.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            pending = more.AsMemory(0, pending.Length + read);
        }

        return pending;
    }

    /// <summary>Gives bytes that were looked at to nobody.</summary>
    public void Skip(int count)
    {
        pending = pending[count..];
        Given += count;
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (pending.IsEmpty)
        {
            pending = ahead.AsMemory(0, await stream.ReadAsync(ahead, cancellationToken).ConfigureAwait(false));
        }

        var size = Math.Min(Math.Min(buffer.Length, Piece), pending.Length);
        if (size > 0)
        {
            pending[..size].CopyTo(buffer);
            Remember(pending.Span[..size]);
            pending = pending[size..];
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
        Recent[lastStart..].CopyTo(recent);
        recentLength -= lastStart;
        lastStart = recentLength;
        bytes.CopyTo(recent.AsSpan(recentLength));
        recentLength += bytes.Length;
    }
}
