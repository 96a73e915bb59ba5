namespace Traf3li.Backup.Engine.Streams;

/// <summary>A stream whose reader may close it without closing what is behind it.</summary>
internal sealed class KeptOpenStream(Stream inner) : ReadOnlyStream
{
    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
}
