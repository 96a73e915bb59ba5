namespace Traf3li.Backup;

/// <summary>What <c>Send-Traf3liTestNotification</c> was asked for.</summary>
public sealed record NotificationOptions : EngineOptions
{
    /// <summary>The channels to try; empty: all that are set.</summary>
    public IReadOnlyList<NotificationChannel> Channel { get; init; } = [];
}
