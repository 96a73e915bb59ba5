using System.Globalization;

namespace Traf3li.Backup;

/// <summary>What keeps a backup from being removed until it is lifted or ends. It stands in <c>&lt;key&gt;.hold.json</c>.</summary>
public sealed record BackupHold
{
    /// <summary>The key of the backup.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is held.</summary>
    public required string Reason { get; init; }

    /// <summary>Who holds it, as <c>user@machine</c>.</summary>
    public required string HeldBy { get; init; }

    /// <summary>Since when, UTC.</summary>
    public DateTime Date { get; init; }

    /// <summary>When it ends by itself, UTC; null for one that is lifted by hand only.</summary>
    public DateTime? Until { get; init; }

    /// <summary>What it has asked of the bucket's Object Lock.</summary>
    public HoldLock ObjectLock { get; init; }

    /// <summary>Until when the bucket retained the backup before, mode GOVERNANCE, UTC; null when it did not. Lifting the hold goes back to that.</summary>
    public DateTime? RetainedUntil { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"held by {HeldBy}{(Until is { } end ? end.ToString("' until 'yyyy-MM-dd HH:mm' UTC'", CultureInfo.InvariantCulture) : "")}: {Reason}";
}
