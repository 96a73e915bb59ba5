namespace Traf3li.Backup.Engine.Retention;

/// <summary>What a decision depends on besides the backups and the policy.</summary>
/// <param name="Now">This machine's time, UTC.</param>
internal sealed record RetentionSituation(DateTime Now)
{
    /// <summary>How far the clocks of the store and of this machine may disagree.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <summary>The store's time less this machine's; zero where it was not asked.</summary>
    public TimeSpan ClockDifference { get; init; }

    /// <summary>When the last run of retention began, UTC; null where none is remembered.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>What runs that hold their lock may be writing backups of.</summary>
    public IReadOnlySet<(string Environment, BackupSource Source)> AtWork { get; init; } = new HashSet<(string, BackupSource)>();

    /// <summary>Slices of the oplog that are kept.</summary>
    public IReadOnlyList<KeptSlice> Slice { get; init; } = [];

    /// <summary>Whether the clocks disagree by too much to judge any age.</summary>
    public bool ClocksDisagree => ClockDifference.Duration() > ClockTolerance;

    /// <summary>Whether a time lies further ahead than clocks may disagree.</summary>
    public bool IsAhead(DateTime time) => time > Now + ClockTolerance;
}
