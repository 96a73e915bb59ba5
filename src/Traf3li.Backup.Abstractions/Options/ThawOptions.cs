namespace Traf3li.Backup;

/// <summary>What <c>-Thaw</c> was asked for.</summary>
public sealed record ThawOptions : RunOptions
{
    /// <summary>The backup.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>What it is thawed for: Restore or Test.</summary>
    public required RunOperation Operation { get; init; }

    /// <summary>Of a test: how far it is to go.</summary>
    public VerificationDepth? Depth { get; init; }

    /// <summary>How fast.</summary>
    public ThawTier Tier { get; init; }

    /// <summary>For how many days it is to be readable.</summary>
    public int Days { get; init; } = 7;
}
