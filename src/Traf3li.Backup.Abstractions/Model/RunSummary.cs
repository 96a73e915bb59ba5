namespace Traf3li.Backup;

/// <summary>How the runs of one kind went over a time, and where they are going.</summary>
public sealed record RunSummary
{
    /// <summary>What was done.</summary>
    public required RunOperation Operation { get; init; }

    /// <summary>The kind of server; null for none.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>The schedule; null for none.</summary>
    public BackupType? Type { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>The set of backups that can stand for each other; null for none.</summary>
    public string? Set { get; init; }

    /// <summary>All runs.</summary>
    public int RunCount { get; init; }

    /// <summary>Those that failed or were stopped.</summary>
    public int FailureCount { get; init; }

    /// <summary>Those that another run's lock kept out.</summary>
    public int LockedCount { get; init; }

    /// <summary>The oldest of them began then, UTC.</summary>
    public DateTime First { get; init; }

    /// <summary>The newest of them began then, UTC.</summary>
    public DateTime Last { get; init; }

    /// <summary>How the newest ended.</summary>
    public RunOutcome LastOutcome { get; init; }

    /// <summary>The newest that was good, with or without warnings, began then, UTC; null when none was.</summary>
    public DateTime? LastGood { get; init; }

    /// <summary>How long the newest good one took.</summary>
    public TimeSpan? LastDuration { get; init; }

    /// <summary>How long a good one takes: half of them are faster.</summary>
    public TimeSpan? MedianDuration { get; init; }

    /// <summary>By how many percent the newer half of the good ones takes longer than the older half, medians compared; null for fewer than four.</summary>
    public double? DurationChange { get; init; }

    /// <summary>Bytes that the newest good one stored.</summary>
    public long? LastSize { get; init; }

    /// <summary>By how many percent the newer half of the good ones stores more.</summary>
    public double? SizeChange { get; init; }

    /// <summary>Logical bytes a second of a good one: half of them are faster.</summary>
    public double? MedianBytesPerSecond { get; init; }

    /// <summary>By how many percent the newer half of the good ones is faster.</summary>
    public double? SpeedChange { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Operation} {Environment} {RunCount}";
}
