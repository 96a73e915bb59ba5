using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>A stream that passes on what it reads and writes the same bytes to an upload.</summary>
internal sealed class WritingStream(Stream source, IObjectUpload upload, OperationProgress.Part progress) : ReadOnlyStream
{
    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0)
        {
            await upload.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
            progress.Add(0, read);
        }

        return read;
    }
}
