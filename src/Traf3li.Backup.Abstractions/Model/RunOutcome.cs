namespace Traf3li.Backup;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All was done.</summary>
    Good,

    /// <summary>All was done, and something should be known about it.</summary>
    Warning,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It did not begin, because another run held the lock.</summary>
    Locked,

    /// <summary>There was nothing to do.</summary>
    NothingToDo,

    /// <summary>It was stopped.</summary>
    Cancelled,
}
