using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>A stream that passes on what it reads and writes the same bytes to an upload.</summary>
internal sealed class WritingStream(Stream source, IObjectUpload upload) : ReadOnlyStream
{
    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0)
        {
            await upload.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        }

        return read;
    }
}
