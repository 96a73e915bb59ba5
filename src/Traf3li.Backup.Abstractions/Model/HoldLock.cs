namespace Traf3li.Backup;

/// <summary>What a hold has asked of the Object Lock of its bucket.</summary>
public enum HoldLock
{
    /// <summary>Nothing: there is no Object Lock, or what is there is enough.</summary>
    None,

    /// <summary>A legal hold.</summary>
    LegalHold,

    /// <summary>A retention, mode GOVERNANCE, until the end of the hold.</summary>
    Retention,
}
