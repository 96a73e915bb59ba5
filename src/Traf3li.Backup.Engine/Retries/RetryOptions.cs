namespace Traf3li.Backup.Engine.Retries;

/// <summary>How long and how often something is tried again.</summary>
internal sealed class RetryOptions
{
    /// <summary>The wait before the first retry; it doubles each time, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After this time since the first attempt no retry begins.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(2);
}
