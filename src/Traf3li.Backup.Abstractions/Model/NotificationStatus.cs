namespace Traf3li.Backup;

/// <summary>What became of a notification.</summary>
public enum NotificationStatus
{
    /// <summary>The other side has taken it.</summary>
    Sent,

    /// <summary>It was not sent on purpose.</summary>
    Suppressed,

    /// <summary>It could not be sent.</summary>
    Failed,
}
