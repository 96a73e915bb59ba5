namespace Traf3li.Backup;

/// <summary>What <c>Get-Traf3liRetentionPlan</c> and <c>Remove-Traf3liExpiredBackup</c> were asked for.</summary>
public sealed record RetentionOptions : RunOptions
{
    /// <summary>How the numbers are read.</summary>
    public RetentionScheme Scheme { get; init; } = RetentionScheme.ByType;

    /// <summary>Days kept; null takes BACKUP_RETENTION_DAYS.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>Weeks kept; null takes BACKUP_RETENTION_WEEKS.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>Months kept; null takes BACKUP_RETENTION_MONTHS.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>Years kept; null takes BACKUP_RETENTION_YEARS.</summary>
    public int? KeepYearly { get; init; }

    /// <summary>The newest good ones kept of each set, whatever their type.</summary>
    public int KeepLast { get; init; }

    /// <summary>The time in which every good one is kept; null for none.</summary>
    public TimeSpan? KeepWithin { get; init; }

    /// <summary>Tags, <c>name</c> or <c>name=value</c>, one of which keeps a backup.</summary>
    public IReadOnlyList<string> KeepTag { get; init; } = [];

    /// <summary>Lets one run remove more than half of a set.</summary>
    public bool Force { get; init; }

    /// <summary>The key of a backup of which every reason is wanted, that of the store's own locks among them; null for none.</summary>
    public string? Explain { get; init; }

    /// <summary>The keys that the user has agreed to remove; null agrees to all. What is not to go by then stays.</summary>
    public IReadOnlySet<string>? Agreed { get; init; }
}
