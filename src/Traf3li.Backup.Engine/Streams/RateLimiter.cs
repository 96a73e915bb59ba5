namespace Traf3li.Backup.Engine.Streams;

/// <summary>Holds readers back so that together they read no more than so many bytes a second.</summary>
internal sealed class RateLimiter(long bytesPerSecond, TimeProvider time)
{
    private readonly object _lock = new();
    private long _due = time.GetTimestamp();

    /// <summary>Counts bytes just read and waits until they are within the rate.</summary>
    public Task WaitAsync(long bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _due = Math.Max(_due, now) + (long)(bytes / (double)bytesPerSecond * time.TimestampFrequency);
            wait = time.GetElapsedTime(now, _due);
        }

        return Task.Delay(wait, time, cancellationToken);
    }
}
