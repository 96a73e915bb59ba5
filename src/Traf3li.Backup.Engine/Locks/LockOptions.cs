namespace Traf3li.Backup.Engine.Locks;

/// <summary>The times of a lock.</summary>
internal sealed record LockOptions
{
    /// <summary>How long a lock holds after it was taken or renewed.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often it is renewed.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often one who waits looks.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a store whose locks do not hold against everything is used without a warning.</summary>
    public bool IsWeakAccepted { get; init; }

    /// <summary>On a store that ignores conditions: how long after writing one looks whether somebody else wrote as well.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(3);
}
