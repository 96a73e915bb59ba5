using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Stores;

/// <summary>A stream that is read once, front to back. Whoever knows only the synchronous read waits for the asynchronous one.</summary>
internal abstract class ForwardStream : ReadOnlyStream
{
    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
