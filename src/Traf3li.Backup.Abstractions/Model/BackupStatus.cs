namespace Traf3li.Backup;

/// <summary>What is known of a stored backup from its key and its manifest alone.</summary>
public enum BackupStatus
{
    /// <summary>Its manifest, which is written last, exists and its object has the recorded size.</summary>
    Complete,

    /// <summary>An object without a manifest, as the Node scripts wrote them. Good only after a successful test.</summary>
    Legacy,

    /// <summary>A manifest whose object is missing or has another size.</summary>
    Incomplete,
}
