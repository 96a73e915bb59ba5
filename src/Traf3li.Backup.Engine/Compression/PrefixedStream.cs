using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>A stream whose first bytes have been looked at and are given again. It owns the stream.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream stream) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_prefix.IsEmpty)
        {
            return stream.ReadAsync(buffer, cancellationToken);
        }

        var size = Math.Min(buffer.Length, _prefix.Length);
        _prefix[..size].CopyTo(buffer);
        _prefix = _prefix[size..];
        return ValueTask.FromResult(size);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
