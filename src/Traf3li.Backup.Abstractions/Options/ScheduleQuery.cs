namespace Traf3li.Backup;

/// <summary>Which schedules <c>Get-Traf3liBackupSchedule</c> shows.</summary>
public sealed record ScheduleQuery : EngineOptions
{
    /// <summary>Names; empty takes all.</summary>
    public IReadOnlyList<string> Name { get; init; } = [];

    /// <summary>How many coming runs are told.</summary>
    public int Count { get; init; } = 3;

    /// <summary>The time from which on they are told, UTC; null is now.</summary>
    public DateTime? Date { get; init; }

    /// <summary>The time zone; null takes BACKUP_TIMEZONE, else that of the machine.</summary>
    public string? TimeZone { get; init; }
}
