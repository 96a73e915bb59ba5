namespace Traf3li.Backup;

/// <summary>What keeps a backup from being removed until it is lifted. It stands in <c>&lt;key&gt;.hold.json</c>.</summary>
public sealed class BackupHold
{
    /// <summary>The key of the backup.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is held.</summary>
    public required string Reason { get; init; }

    /// <summary>Who holds it, as <c>user@machine</c>.</summary>
    public required string HeldBy { get; init; }

    /// <summary>Since when, UTC.</summary>
    public DateTime Date { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"held by {HeldBy}: {Reason}";
}
