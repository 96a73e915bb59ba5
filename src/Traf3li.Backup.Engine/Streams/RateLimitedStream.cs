namespace Traf3li.Backup.Engine.Streams;

/// <summary>A stream that is read at a limited rate. It reads little at a time, so that whoever writes sees short pauses rather than long ones.</summary>
internal sealed class RateLimitedStream(Stream source, long bytesPerSecond, TimeProvider time) : ReadOnlyStream
{
    private const int ReadsPerSecond = 8;

    private readonly RateLimiter _rate = new(bytesPerSecond, time);
    private readonly int _most = (int)Math.Clamp(bytesPerSecond / ReadsPerSecond, 1, int.MaxValue);

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer[..Math.Min(buffer.Length, _most)], cancellationToken).ConfigureAwait(false);
        await _rate.WaitAsync(read, cancellationToken).ConfigureAwait(false);
        return read;
    }
}
