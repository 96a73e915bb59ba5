using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Progress;

/// <summary>Shows what is read through it as progress.</summary>
internal sealed class CountedStream(Stream inner, OperationProgress.Part part) : ReadOnlyStream
{
    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        part.Add(0, read);
        return read;
    }
}
