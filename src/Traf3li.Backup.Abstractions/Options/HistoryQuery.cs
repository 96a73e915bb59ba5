namespace Traf3li.Backup;

/// <summary>Which runs <c>Get-Traf3liBackupHistory</c> lists.</summary>
public sealed record HistoryQuery : EngineOptions
{
    /// <summary>What was done; empty takes all.</summary>
    public IReadOnlyList<RunOperation> Operation { get; init; } = [];

    /// <summary>The kind of server; null or All takes any.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>Schedules; empty takes all.</summary>
    public IReadOnlyList<BackupType> Type { get; init; } = [];

    /// <summary>How they ended; empty takes all.</summary>
    public IReadOnlyList<RunOutcome> Outcome { get; init; } = [];

    /// <summary>Only runs begun at or after this time, UTC.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only runs begun before this time, UTC.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Only the newest so many that satisfy all else.</summary>
    public int? Latest { get; init; }
}
