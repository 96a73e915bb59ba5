namespace Traf3li.Backup;

/// <summary>What a run did.</summary>
public enum RunOperation
{
    /// <summary>Took a backup.</summary>
    Backup,

    /// <summary>Restored one into a server, or wrote it as a file.</summary>
    Restore,

    /// <summary>Tested one.</summary>
    Test,

    /// <summary>Copied backups to another destination.</summary>
    Copy,

    /// <summary>Removed expired backups.</summary>
    Removal,

    /// <summary>Put a hold on a backup.</summary>
    Protection,

    /// <summary>Lifted a hold.</summary>
    Unprotection,

    /// <summary>Created or set up a destination.</summary>
    Initialization,

    /// <summary>Judged the health of all of it.</summary>
    Health,

    /// <summary>Sent a notification for itself.</summary>
    Notification,
}
