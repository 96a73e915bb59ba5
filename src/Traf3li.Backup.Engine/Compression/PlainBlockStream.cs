using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Blocks that were decompressed in parallel, as one stream in their order.</summary>
internal sealed class PlainBlockStream(IAsyncEnumerable<PlainBlock> blocks, CancellationToken cancellationToken) : ReadOnlyStream
{
    private readonly IAsyncEnumerator<PlainBlock> _blocks = blocks.GetAsyncEnumerator(cancellationToken);
    private PlainBlock? _current;
    private int _position;

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current is null || _position == _current.Memory.Length)
        {
            _current?.Dispose();
            _current = null;
            _position = 0;
            if (!await _blocks.MoveNextAsync().ConfigureAwait(false))
            {
                return 0;
            }

            _current = _blocks.Current;
        }

        var count = Math.Min(buffer.Length, _current.Memory.Length - _position);
        _current.Memory.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _current?.Dispose();
        _current = null;
        await _blocks.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
