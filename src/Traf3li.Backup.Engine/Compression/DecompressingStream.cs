using System.Buffers.Binary;
using System.Threading.Channels;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// The plain bytes of a file of unknown origin: gzip, zstd or neither, told by its first bytes. A task reads and decompresses ahead, so
/// that this overlaps with what the reader does.
/// </summary>
internal sealed class DecompressingStream : ReadOnlyStream
{
    private const int ChunkSize = 1 << 20;
    private const int ChunksAhead = 2;
    private readonly Stream _plain;
    private readonly BufferPool _pool;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<PooledBuffer> _chunks = Channel.CreateBounded<PooledBuffer>(ChunksAhead);
    private readonly Task _running;
    private PooledBuffer? _current;
    private int _position;
    private bool _disposed;

    private DecompressingStream(Stream plain, CompressionMethod method, BufferPool pool)
    {
        _plain = plain;
        _pool = pool;
        Method = method;
        _running = Task.Run(ReadAheadAsync, CancellationToken.None);
    }

    /// <summary>How the file is compressed.</summary>
    public CompressionMethod Method { get; }

    /// <summary>Opens a file; the stream is owned, also when this fails.</summary>
    /// <param name="stream">The stored bytes.</param>
    /// <param name="name">The file or key, for messages.</param>
    /// <param name="pool">Where the bytes read ahead are put: up to 4 MiB.</param>
    /// <param name="cancellationToken">Ends the wait for the first bytes.</param>
    public static async Task<DecompressingStream> OpenAsync(Stream stream, string name, BufferPool pool, CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[4];
            var size = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var whole = new PrefixedStream(head.AsMemory(0, size), stream);
            var method = Detect(head.AsSpan(0, size));
            Stream decompressed = method switch
            {
                CompressionMethod.Gzip => new GzipMembersStream(whole, name),
                CompressionMethod.Zstd => new ZstdFramesStream(whole, name),
                _ => whole,
            };
            return new DecompressingStream(decompressed, method, pool);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the first bytes of a file say of its compression.</summary>
    public static CompressionMethod Detect(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 3 && GzipMember.IsMagic(head))
        {
            return CompressionMethod.Gzip;
        }

        // A frame, or one of the sixteen skippable ones that pzstd begins with (RFC 8878, 3.1).
        return head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) is 0xfd2fb528 or (>= 0x184d2a50 and <= 0x184d2a5f)
            ? CompressionMethod.Zstd
            : CompressionMethod.None;
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current is null || _position == _current.Length)
        {
            _current?.Dispose();
            _current = null;
            _position = 0;
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }

            _chunks.Reader.TryRead(out _current);
        }

        var size = Math.Min(buffer.Length, _current.Length - _position);
        _current.Used.Slice(_position, size).CopyTo(buffer);
        _position += size;
        return size;
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _stop.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _current?.Dispose();
            while (_chunks.Reader.TryRead(out var left))
            {
                left.Dispose();
            }

            await _plain.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReadAheadAsync()
    {
        PooledBuffer? chunk = null;
        try
        {
            int read;
            do
            {
                // Taken without waiting: the consumer may hold what is left of the pool while it waits for these bytes.
                chunk = _pool.Rent(ChunkSize);
                do
                {
                    read = await _plain.ReadAsync(chunk.Free, _stop.Token).ConfigureAwait(false);
                    chunk.Length += read;
                }
                while (read > 0 && chunk.Length < chunk.Capacity);
                if (chunk.Length > 0)
                {
                    await _chunks.Writer.WriteAsync(chunk, _stop.Token).ConfigureAwait(false);
                    chunk = null;
                }
            }
            while (read > 0);
            _chunks.Writer.TryComplete();
        }
        catch (ArchiveCorruptException error) when (chunk is { Length: > 0 })
        {
            // What could be decompressed before the damage is whole, and the reader gets it first.
            if (await HandOverAsync(chunk).ConfigureAwait(false))
            {
                chunk = null;
            }

            _chunks.Writer.TryComplete(error);
        }
        catch (Exception error)
        {
            _chunks.Writer.TryComplete(error);
        }
        finally
        {
            chunk?.Dispose();
        }
    }

    private async Task<bool> HandOverAsync(PooledBuffer chunk)
    {
        try
        {
            await _chunks.Writer.WriteAsync(chunk, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
