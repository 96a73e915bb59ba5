namespace Traf3li.Backup.Engine.Memory;

/// <summary>
/// A block of memory of a <see cref="BufferPool" />. Whoever holds it owns it and disposes it once; disposing it again does nothing.
/// </summary>
internal sealed class PooledBuffer : IDisposable
{
    private readonly BufferPool _pool;
    private byte[]? _array;
    private int _length;

    internal PooledBuffer(BufferPool pool, byte[] array)
    {
        _pool = pool;
        _array = array;
    }

    /// <summary>How much fits, bytes: at least what was asked for.</summary>
    public int Capacity => Array.Length;

    /// <summary>How much of it is in use, bytes, counted from its beginning.</summary>
    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Capacity);
            _length = value;
        }
    }

    /// <summary>The array behind it, for interfaces that take nothing else.</summary>
    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBuffer));

    /// <summary>All of it.</summary>
    public Memory<byte> Memory => Array;

    /// <summary>The part in use.</summary>
    public ReadOnlyMemory<byte> Used => Array.AsMemory(0, _length);

    /// <summary>The part behind the one in use.</summary>
    public Memory<byte> Free => Array.AsMemory(_length);

    /// <summary>Appends bytes, which must fit.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Array.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } returned)
        {
            _pool.Return(returned);
        }
    }
}
