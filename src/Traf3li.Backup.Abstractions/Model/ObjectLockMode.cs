namespace Traf3li.Backup;

/// <summary>How S3 Object Lock keeps versions from being removed.</summary>
public enum ObjectLockMode
{
    /// <summary>Who has a special right may remove a locked version all the same.</summary>
    Governance,

    /// <summary>Nobody may, not even the owner of the account, before the time is over.</summary>
    Compliance,
}
