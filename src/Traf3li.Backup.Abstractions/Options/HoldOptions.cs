namespace Traf3li.Backup;

/// <summary>What <c>Protect-</c> and <c>Unprotect-Traf3liBackup</c> were asked for.</summary>
public sealed record HoldOptions : RunOptions
{
    /// <summary>The key of the backup.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is held.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When the hold ends by itself; null for one that is lifted by hand only.</summary>
    public DateTime? Until { get; init; }
}
