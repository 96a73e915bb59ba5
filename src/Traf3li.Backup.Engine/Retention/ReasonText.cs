using System.Globalization;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Words of reasons.</summary>
internal static class ReasonText
{
    /// <summary>A place in a row: <c>1st</c>, <c>2nd</c>, <c>13th</c>.</summary>
    public static string Ordinal(int number)
    {
        var ending = (number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        return number.ToString(CultureInfo.InvariantCulture) + ending;
    }

    /// <summary>A time span in its largest fitting unit: <c>5 minutes</c>, <c>3 hours</c>, <c>2 days</c>.</summary>
    public static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalHours: < 1 } minutes => Count((long)minutes.TotalMinutes, "minute"),
        { TotalDays: < 2 } hours => Count((long)hours.TotalHours, "hour"),
        var days => Count((long)days.TotalDays, "day"),
    };

    /// <summary>A number with its unit: <c>1 day</c>, <c>7 days</c>.</summary>
    public static string Count(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");

    /// <summary>A number with its unit, whose plural is not made by an s: <c>2 copies</c>.</summary>
    public static string Count(long number, string one, string several) => string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several)}");

    /// <summary>A lock of the store: <c>locked until 2027-03-01 00:00 UTC (compliance)</c>.</summary>
    public static string Locked(RetentionLock retention) => $"locked until {Time(retention.Until)} ({(retention.Mode == ObjectLockMode.Compliance ? "compliance" : "governance")})";

    /// <summary>A time: <c>2026-11-23 02:00 UTC</c>.</summary>
    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
