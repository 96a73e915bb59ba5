namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Whether a run is told of.</summary>
/// <param name="Kind">Why it is; null when it is not.</param>
/// <param name="Reason">Why it is not; empty when it is.</param>
internal sealed record NotificationDecision(NotificationKind? Kind, string Reason = "")
{
    /// <summary>It is told of.</summary>
    public static NotificationDecision Send(NotificationKind kind) => new(kind);

    /// <summary>It is not told of.</summary>
    public static NotificationDecision Suppress(string reason) => new(null, reason);
}
