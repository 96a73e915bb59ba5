namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Why something is told.</summary>
internal enum NotificationKind
{
    /// <summary>A run ended, as asked for.</summary>
    Report,

    /// <summary>Something went wrong.</summary>
    Alert,

    /// <summary>It still does.</summary>
    Reminder,

    /// <summary>It no longer does.</summary>
    Recovery,

    /// <summary>Nothing happened; the way is tried.</summary>
    Test,
}
