namespace Traf3li.Backup;

/// <summary>The schedule that a backup belongs to; the second folder of its key and its retention rule follow from it.</summary>
public enum BackupType
{
    /// <summary>Kept for days.</summary>
    Daily,

    /// <summary>Kept for weeks.</summary>
    Weekly,

    /// <summary>Kept for months.</summary>
    Monthly,

    /// <summary>Kept for years.</summary>
    Yearly,

    /// <summary>Taken by hand or before a restore.</summary>
    Manual,
}
