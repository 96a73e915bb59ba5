namespace Traf3li.Backup;

/// <summary>What <c>Protect-</c> and <c>Unprotect-Traf3liBackup</c> were asked for.</summary>
public sealed record HoldOptions : RunOptions
{
    /// <summary>The key of the backup.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is held.</summary>
    public string Reason { get; init; } = "";
}
