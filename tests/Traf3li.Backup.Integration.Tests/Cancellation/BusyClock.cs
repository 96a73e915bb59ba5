namespace Traf3li.Backup.Integration.Tests.Cancellation;

/// <summary>A clock on which a second passes whenever someone looks, so that progress is reported at every step, however quick the work is.</summary>
internal sealed class BusyClock : TimeProvider
{
    private long _seconds;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
}
