namespace Traf3li.Backup.Engine.Compression;

/// <summary>A stream into a piece of memory that remembers when it did not suffice instead of growing.</summary>
internal sealed class BoundedOutput(Memory<byte> memory) : Stream
{
    private int _written;

    /// <summary>Whether more was written than fits.</summary>
    public bool Overflowed { get; private set; }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => _written;

    /// <inheritdoc />
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Overflowed || buffer.Length > memory.Length - _written)
        {
            Overflowed = true;
            return;
        }

        buffer.CopyTo(memory.Span[_written..]);
        _written += buffer.Length;
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();
}
