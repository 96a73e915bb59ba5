namespace Traf3li.Backup.Engine.Schedules;

/// <summary>What one field of a cron expression may say (crontab(5)).</summary>
/// <param name="Name">What the field is, in words.</param>
/// <param name="Lowest">The lowest number.</param>
/// <param name="Highest">The highest number, of days of the week without the 7 that is Sunday too.</param>
/// <param name="Names">Three-letter names of the numbers from <paramref name="Lowest" /> on; empty where there are none.</param>
internal sealed record CronFieldRule(string Name, int Lowest, int Highest, IReadOnlyList<string> Names)
{
    /// <summary>How many numbers there are.</summary>
    public int Count => Highest - Lowest + 1;

    /// <summary>The five fields, in order.</summary>
    public static IReadOnlyList<CronFieldRule> All { get; } =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of the month", 1, 31, []),
        new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        new("day of the week", 0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>The highest number that may be written: 7 is Sunday as well.</summary>
    public int HighestWritten => Lowest == 0 && Highest == 6 ? 7 : Highest;
}
