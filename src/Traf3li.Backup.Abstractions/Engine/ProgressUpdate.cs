namespace Traf3li.Backup;

/// <summary>The state of one piece of running work.</summary>
public sealed record ProgressUpdate
{
    /// <summary>Identifies the piece of work for as long as it runs: 0 is the whole, children count from 1 and are used again.</summary>
    public required int Id { get; init; }

    /// <summary>The piece of work that this is part of; -1 for none.</summary>
    public int ParentId { get; init; } = -1;

    /// <summary>What is being done, such as <c>Backing up shop</c>.</summary>
    public required string Activity { get; init; }

    /// <summary>How it stands, such as <c>1,200,000 documents, 310 MB of about 1.2 GB, 84 MB/s</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>0 to 100; -1 when no total is known.</summary>
    public int PercentComplete { get; init; } = -1;

    /// <summary>Time left; null when unknown.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Whether the work has ended.</summary>
    public bool Completed { get; init; }
}
