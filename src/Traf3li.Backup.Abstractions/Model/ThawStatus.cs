namespace Traf3li.Backup;

/// <summary>How far what lies in an archive storage class can be read.</summary>
public enum ThawStatus
{
    /// <summary>It cannot be read, and nobody has asked for it.</summary>
    Archived,

    /// <summary>Its thaw was requested just now.</summary>
    Requested,

    /// <summary>Its thaw was requested before and is on its way.</summary>
    InProgress,

    /// <summary>It can be read for a time.</summary>
    Thawed,
}
