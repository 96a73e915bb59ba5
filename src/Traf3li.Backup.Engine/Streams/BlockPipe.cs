using System.Buffers;
using System.Threading.Channels;

namespace Traf3li.Backup.Engine.Streams;

/// <summary>What one writer writes, one reader reads as a stream; a few blocks at most are held between them.</summary>
internal sealed class BlockPipe : IBufferWriter<byte>
{
    private const int BlockSize = 128 << 10;
    private const int HeldBlocks = 16;

    private readonly Channel<ArraySegment<byte>> _blocks =
        Channel.CreateBounded<ArraySegment<byte>>(new BoundedChannelOptions(HeldBlocks) { SingleReader = true, SingleWriter = true });

    private readonly Queue<ArraySegment<byte>> _full = new();
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _length;

    /// <summary>Creates an empty pipe.</summary>
    public BlockPipe() => Output = new Reader(_blocks.Reader);

    /// <summary>What was written. It fails as the writer did.</summary>
    public Stream Output { get; }

    /// <summary>Whether whole blocks wait for <see cref="FlushAsync" />.</summary>
    public bool HasBlocks => _full.Count > 0;

    /// <inheritdoc />
    public void Advance(int count) => _length += count;

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_length + Math.Max(sizeHint, 1) > _block.Length)
        {
            EndBlock(sizeHint);
        }

        return _block.AsMemory(_length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Passes whole blocks on, and waits while the reader has enough.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        while (_full.TryPeek(out var block))
        {
            await _blocks.Writer.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            _full.Dequeue();
        }
    }

    /// <summary>Passes on what is left and ends the stream.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        EndBlock(0);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        _blocks.Writer.Complete();
    }

    /// <summary>Lets the reader fail, when it has read what was passed on.</summary>
    public void Fail(Exception exception) => _blocks.Writer.TryComplete(exception);

    private void EndBlock(int sizeHint)
    {
        _full.Enqueue(new ArraySegment<byte>(_block, 0, _length));
        _block = ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, sizeHint));
        _length = 0;
    }

    private sealed class Reader(ChannelReader<ArraySegment<byte>> blocks) : ReadOnlyStream
    {
        private ArraySegment<byte> _current;
        private int _taken;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_taken == _current.Count)
            {
                if (_current.Array is { } used)
                {
                    _current = default;
                    _taken = 0;
                    ArrayPool<byte>.Shared.Return(used);
                }

                if (!await blocks.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    return 0;
                }

                blocks.TryRead(out _current);
                _taken = 0;
            }

            var count = Math.Min(buffer.Length, _current.Count - _taken);
            _current.AsMemory(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }
    }
}
