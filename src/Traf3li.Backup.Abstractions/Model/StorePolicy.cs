namespace Traf3li.Backup;

/// <summary>What an IAM policy is for.</summary>
public enum StorePolicy
{
    /// <summary>To back up, list and test.</summary>
    Backup,

    /// <summary>To restore without a safety backup, to list and to test. For safety backups that of backups is needed too.</summary>
    Restore,

    /// <summary>To remove what has expired.</summary>
    Retention,

    /// <summary>To put holds on backups and to lift them, those of S3 Object Lock included. Only locks of mode COMPLIANCE stay out of reach.</summary>
    Protection,
}
