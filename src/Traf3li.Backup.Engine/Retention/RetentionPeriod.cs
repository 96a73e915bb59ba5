namespace Traf3li.Backup.Engine.Retention;

/// <summary>Days, weeks, months and years of UTC. Weeks begin on Monday, as those of ISO 8601.</summary>
internal static class RetentionPeriod
{
    /// <summary>The types that have a period, from the shortest on.</summary>
    public static readonly IReadOnlyList<BackupType> Types = [BackupType.Daily, BackupType.Weekly, BackupType.Monthly, BackupType.Yearly];

    /// <summary>The first day of the period of a type that a time lies in.</summary>
    public static DateTime Of(BackupType type, DateTime time) => type switch
    {
        BackupType.Weekly => Monday(time.Date),
        BackupType.Monthly => new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc),
        BackupType.Yearly => new DateTime(time.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        _ => time.Date,
    };

    /// <summary>The time so many periods before another; the first of all times when it would be earlier.</summary>
    public static DateTime Before(BackupType type, DateTime time, int count)
    {
        var months = type switch { BackupType.Monthly => (long)count, BackupType.Yearly => 12L * count, _ => 0 };
        var days = type switch { BackupType.Daily => (long)count, BackupType.Weekly => 7L * count, _ => 0 };
        return days > (time - DateTime.MinValue).TotalDays || months >= 12L * (time.Year - 1)
            ? DateTime.MinValue
            : time.AddMonths(-(int)months).AddDays(-days);
    }

    /// <summary>What a type is called in a reason: <c>daily</c>.</summary>
    public static string Adjective(BackupType type) => type.ToString().ToLowerInvariant();

    /// <summary>What a type's period is called: <c>day</c>.</summary>
    public static string Name(BackupType type) => type switch
    {
        BackupType.Weekly => "week",
        BackupType.Monthly => "month",
        BackupType.Yearly => "year",
        _ => "day",
    };

    private static DateTime Monday(DateTime day)
    {
        var passed = ((int)day.DayOfWeek + 6) % 7;
        return (day - DateTime.MinValue).Days < passed ? DateTime.MinValue : day.AddDays(-passed);
    }
}
