namespace Traf3li.Backup;

/// <summary>What became of a copy.</summary>
public enum CopyStatus
{
    /// <summary>It was made and verified.</summary>
    Copied,

    /// <summary>The same backup was there already.</summary>
    AlreadyThere,

    /// <summary>It could not be made.</summary>
    Failed,
}
