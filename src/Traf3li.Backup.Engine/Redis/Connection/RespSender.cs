using System.Buffers.Text;
using System.Threading.Channels;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// Gathers bytes of commands in a few chunks and sends full ones from a task of its own, so that whoever writes commands does not wait for the
/// socket until all chunks are full. One writer at a time.
/// </summary>
/// <param name="stream">Where they go.</param>
/// <param name="end">Ends all waiting.</param>
internal sealed class RespSender(Stream stream, PipelineEnd end) : IDisposable
{
    /// <summary>The size of a chunk, bytes.</summary>
    public const int ChunkSize = 128 << 10;

    private const int Chunks = 8;
    private const int LongestHeader = 32;

    private readonly Channel<ArraySegment<byte>> _full = Channel.CreateUnbounded<ArraySegment<byte>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Channel<byte[]> _empty = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _free = new(Chunks - 1);
    private byte[] _chunk = new byte[ChunkSize];
    private int _used;
    private int _sending;

    /// <summary>How many bytes were written in all, sent or not.</summary>
    public long Written { get; private set; }

    /// <summary>Whether something waits for the socket.</summary>
    public bool IsSending => Volatile.Read(ref _sending) > 0;

    /// <summary>Writes bytes; waits while all chunks are full.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        while (true)
        {
            var count = Math.Min(bytes.Length, ChunkSize - _used);
            bytes[..count].CopyTo(_chunk.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (bytes.IsEmpty)
            {
                return;
            }

            Flush();
        }
    }

    /// <summary>Writes bytes; waits while all chunks are full, without holding a thread.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Written += bytes.Length;
        while (true)
        {
            var count = Math.Min(bytes.Length, ChunkSize - _used);
            bytes.Span[..count].CopyTo(_chunk.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (bytes.IsEmpty)
            {
                return;
            }

            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes a line of a sign and a number.</summary>
    public void WriteHeader(byte sign, long number)
    {
        if (ChunkSize - _used < LongestHeader)
        {
            Flush();
        }

        AppendHeader(sign, number);
    }

    /// <summary>The same without holding a thread.</summary>
    public async ValueTask WriteHeaderAsync(byte sign, long number)
    {
        if (ChunkSize - _used < LongestHeader)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        AppendHeader(sign, number);
    }

    /// <summary>Room for so many bytes in one piece, at most <see cref="ChunkSize" />, which are all to be written into it.</summary>
    public Span<byte> Reserve(int count)
    {
        if (count > ChunkSize - _used)
        {
            Flush();
        }

        Written += count;
        _used += count;
        return _chunk.AsSpan(_used - count, count);
    }

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            Queue();
            end.Wait(_free);
            TakeEmpty();
        }
    }

    /// <summary>Sends what was gathered, without holding a thread.</summary>
    public async ValueTask FlushAsync()
    {
        if (_used > 0)
        {
            Queue();
            await end.WaitAsync(_free).ConfigureAwait(false);
            TakeEmpty();
        }
    }

    /// <summary>Sends chunks until it is ended.</summary>
    /// <param name="moved">Told after each chunk.</param>
    public async Task RunAsync(Action moved)
    {
        await foreach (var chunk in _full.Reader.ReadAllAsync(end.Token).ConfigureAwait(false))
        {
            await stream.WriteAsync(chunk, end.Token).ConfigureAwait(false);
            if (Interlocked.Decrement(ref _sending) == 0)
            {
                await stream.FlushAsync(end.Token).ConfigureAwait(false);
            }

            _empty.Writer.TryWrite(chunk.Array!);
            _free.Release();
            moved();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _free.Dispose();

    private void AppendHeader(byte sign, long number)
    {
        _chunk[_used] = sign;
        Utf8Formatter.TryFormat(number, _chunk.AsSpan(_used + 1), out var digits);
        "\r\n"u8.CopyTo(_chunk.AsSpan(_used + 1 + digits));
        _used += digits + 3;
        Written += digits + 3;
    }

    private void Queue()
    {
        Interlocked.Increment(ref _sending);
        _full.Writer.TryWrite(new ArraySegment<byte>(_chunk, 0, _used));
        _chunk = [];
        _used = 0;
    }

    private void TakeEmpty()
    {
        _chunk = _empty.Reader.TryRead(out var chunk) ? chunk : new byte[ChunkSize];
    }
}
