namespace Traf3li.Backup;

/// <summary>Which backups <c>Get-Traf3liBackup</c> lists.</summary>
public sealed record BackupQuery : EngineOptions
{
    /// <summary>Keys, wildcards allowed; empty takes all.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>The kind of server; null or All takes any.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>Schedules; empty takes all.</summary>
    public IReadOnlyList<BackupType> Type { get; init; } = [];

    /// <summary>Databases, wildcards allowed, of which the backup must hold one; empty takes all.</summary>
    public IReadOnlyList<string> Database { get; init; } = [];

    /// <summary>Only backups begun at or after this time, UTC.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only backups begun before this time, UTC.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Only the newest so many that satisfy all else.</summary>
    public int? Latest { get; init; }

    /// <summary>States; empty takes all.</summary>
    public IReadOnlyList<BackupStatus> Status { get; init; } = [];
}
