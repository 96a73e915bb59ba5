namespace Traf3li.Backup;

/// <summary>What became of a step of setting a destination up.</summary>
public enum StoreStepStatus
{
    /// <summary>It was done now.</summary>
    Done,

    /// <summary>It was so already, or is stricter.</summary>
    AlreadySo,

    /// <summary>The store refused it, or it would weaken or change what others have set.</summary>
    Refused,

    /// <summary>It would be done.</summary>
    WouldDo,
}
