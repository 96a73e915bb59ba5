using System.Globalization;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Reads the texts of settings. What is wrong is a <see cref="FormatException" /> that says what would be right.</summary>
internal static class SettingParsers
{
    private const decimal LongestDuration = 7 * 24 * 60 * 60;

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40),
        ("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40), ("B", 1),
    ];

    /// <summary>Any text.</summary>
    public static string Text(string text) => text;

    /// <summary>true/false, 1/0, yes/no, on/off in any case.</summary>
    public static bool Boolean(string text) => text.Trim().ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => true,
        "FALSE" or "0" or "NO" or "OFF" => false,
        _ => throw new FormatException("must be true or false"),
    };

    /// <summary>A whole number of at least 0.</summary>
    public static int Count(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("must be a whole number of 0 or more");

    /// <summary>Bytes: a plain number, or one with a unit of 1024 as PowerShell counts them (<c>500MB</c>, <c>1GB</c>, <c>1.5TB</c>).</summary>
    public static long Size(string text)
    {
        var trimmed = text.Trim().ToUpperInvariant();
        var scale = 1L;
        foreach (var (unit, bytes) in Units)
        {
            if (trimmed.EndsWith(unit, StringComparison.Ordinal))
            {
                scale = bytes;
                trimmed = trimmed[..^unit.Length].TrimEnd();
                break;
            }
        }

        if (decimal.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number < decimal.MaxValue / scale && number * scale is >= 1 and <= long.MaxValue)
        {
            return (long)(number * scale);
        }

        throw new FormatException("must be a size above 0 in bytes, or with a unit, such as 500MB or 1GB");
    }

    /// <summary>A time from 1 s to 7 days: a plain number is seconds, or it has a unit (<c>90s</c>, <c>30m</c>, <c>24h</c>, <c>1.5d</c>).</summary>
    public static TimeSpan Duration(string text)
    {
        var trimmed = text.Trim().ToUpperInvariant();
        var scale = trimmed.Length == 0 ? 1 : trimmed[^1] switch
        {
            'M' => 60,
            'H' => 60 * 60,
            'D' => 24 * 60 * 60,
            _ => 1,
        };
        var number = trimmed.TrimEnd('S', 'M', 'H', 'D');
        return trimmed.Length - number.Length <= 1
            && decimal.TryParse(number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value <= LongestDuration && value * scale is >= 1 and <= LongestDuration
            ? TimeSpan.FromSeconds((double)(value * scale))
            : throw new FormatException("must be a time from 1s to 7d: a number of seconds, or one with the unit s, m, h or d, such as 30m");
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static T Choice<T>(string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw new FormatException($"must be one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>A cron expression; null for <c>off</c>.</summary>
    public static CronExpression? Schedule(string text) => string.Equals(text.Trim(), "off", StringComparison.OrdinalIgnoreCase) ? null : CronParser.Parse(text);

    /// <summary>A time zone by its IANA or Windows name.</summary>
    public static TimeZoneInfo Zone(string text) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(text.Trim(), out var zone)
            ? zone
            : throw new FormatException("must be a time zone that this machine knows, such as Europe/Berlin or UTC");

    /// <summary>An environment label: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, at most 64, because it becomes part of keys.</summary>
    public static string Label(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? text
            : throw new FormatException("must be a label of at most 64 letters, digits, '.', '_' and '-' that begins with a letter or digit");
}
