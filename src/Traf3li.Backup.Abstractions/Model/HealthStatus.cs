namespace Traf3li.Backup;

/// <summary>What was found by a check of health.</summary>
public enum HealthStatus
{
    /// <summary>All is well.</summary>
    Good,

    /// <summary>There was nothing to check, and the value says why. It says nothing about health.</summary>
    Skipped,

    /// <summary>It would be a warning, but BACKUP_HEALTH_ACCEPT or <c>-Accept</c> says that it is meant to be so.</summary>
    Accepted,

    /// <summary>It could not be found out, and the value says why.</summary>
    Unknown,

    /// <summary>Something should be looked at, before it becomes worse.</summary>
    Warning,

    /// <summary>A backup does not exist that should, or will not come into being, or could not be restored.</summary>
    Critical,
}
