namespace Traf3li.Backup.Engine.Notifications;

/// <summary>How long sending may take.</summary>
internal sealed record DeliveryLimits
{
    /// <summary>By one channel in all, so that the end of a run does not hang.</summary>
    public TimeSpan Overall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One attempt.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>The wait before the first retry.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
