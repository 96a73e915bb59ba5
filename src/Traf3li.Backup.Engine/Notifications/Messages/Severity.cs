namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>How bad it is what a message tells.</summary>
internal enum Severity
{
    /// <summary>All is well.</summary>
    Good,

    /// <summary>Something should be looked at.</summary>
    Warning,

    /// <summary>Something failed.</summary>
    Bad,
}
