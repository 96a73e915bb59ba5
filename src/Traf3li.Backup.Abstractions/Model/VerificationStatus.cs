namespace Traf3li.Backup;

/// <summary>What came out of a test.</summary>
public enum VerificationStatus
{
    /// <summary>Everything asked for was tested and found right.</summary>
    Valid,

    /// <summary>Something is wrong with the backup.</summary>
    NotValid,

    /// <summary>Nothing was tested, because the backup must be thawed first.</summary>
    NotTested,
}
