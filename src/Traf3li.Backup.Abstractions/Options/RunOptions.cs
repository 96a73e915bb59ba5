namespace Traf3li.Backup;

/// <summary>What every operation needs that does something and is remembered.</summary>
public abstract record RunOptions : EngineOptions
{
    /// <summary>How long a lock that another run holds is waited for; null does not wait.</summary>
    public TimeSpan? WaitForLock { get; init; }

    /// <summary>Of which runs is told; null leaves it to the settings.</summary>
    public NotificationPolicy? Notify { get; init; }
}
