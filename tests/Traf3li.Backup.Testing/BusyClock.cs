namespace Traf3li.Backup.Testing;

/// <summary>A clock on which a second passes whenever someone looks, so that progress is reported at every step, however quick the work is.</summary>
public sealed class BusyClock : TimeProvider
{
    private long _seconds;

    /// <inheritdoc />
    public override long TimestampFrequency => 1;

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
}
