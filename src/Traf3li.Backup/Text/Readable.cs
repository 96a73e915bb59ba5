using System.Globalization;

namespace Traf3li.Backup.Text;

/// <summary>Writes numbers as a person would say them, for format views and prompts. What is null becomes empty.</summary>
public static class Readable
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>Bytes in units of 1024: <c>125.4 MB</c>.</summary>
    public static string Size(double? bytes)
    {
        if (bytes is not { } value)
        {
            return "";
        }

        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Bytes a second: <c>84.0 MB/s</c>.</summary>
    public static string Rate(double? bytesPerSecond) => bytesPerSecond is null ? "" : Size(bytesPerSecond) + "/s";

    /// <summary>A count with thousands apart: <c>1,200,000</c>.</summary>
    public static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>How long something took, with the digits that matter: <c>0.8 s</c>, <c>48 s</c>, <c>4 min</c>, <c>1 h 05 min</c>.</summary>
    public static string Duration(TimeSpan? span) => span switch
    {
        null => "",
        { TotalSeconds: < 10 } brief => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, brief.TotalSeconds):0.0} s"),
        { TotalSeconds: < 90 } seconds => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.TotalSeconds):0} s"),
        { TotalMinutes: < 60 } minutes => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(minutes.TotalMinutes):0} min"),
        { } hours => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(hours.TotalHours):0} h {hours.Minutes:00} min"),
    };

    /// <summary>A span in its largest fitting unit: <c>6 hours</c>, <c>1 minute</c>. What lies in the future has no age yet.</summary>
    public static string Age(TimeSpan? span) => span switch
    {
        null => "",
        { Ticks: < 0 } => In(0, "second"),
        { TotalMinutes: < 1 } seconds => In(seconds.TotalSeconds, "second"),
        { TotalHours: < 1 } minutes => In(minutes.TotalMinutes, "minute"),
        { TotalDays: < 2 } hours => In(hours.TotalHours, "hour"),
        { TotalDays: < 60 } days => In(days.TotalDays, "day"),
        { TotalDays: < 730 } months => In(months.TotalDays / 30.44, "month"),
        { } years => In(years.TotalDays / 365.25, "year"),
    };

    private static string In(double amount, string unit)
    {
        var whole = (long)amount;
        return $"{whole.ToString(CultureInfo.InvariantCulture)} {unit}{(whole == 1 ? "" : "s")}";
    }
}
