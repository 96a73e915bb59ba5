namespace Traf3li.Backup;

/// <summary>Of which runs is told.</summary>
public enum NotificationPolicy
{
    /// <summary>Of every run that did something or should have; an alert that repeats itself only as a reminder.</summary>
    Always,

    /// <summary>Of failures, failed second copies, and the first good run after them.</summary>
    OnFailure,

    /// <summary>Whenever a run ends otherwise than the one last told of.</summary>
    OnChange,

    /// <summary>Of none, pings included.</summary>
    Never,
}
