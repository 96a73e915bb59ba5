using System.Globalization;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>Writes times for people.</summary>
internal static class ReadableTime
{
    /// <summary>A moment: <c>2026-11-23 02:00 UTC</c>.</summary>
    public static string Moment(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A length: <c>0.4 s</c>, <c>48 s</c>, <c>4 min</c>, <c>1 h 05 min</c>, <c>3 days</c>.</summary>
    public static string Length(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0.0} s"),
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalMinutes):0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours):0} h {span.Minutes:00} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalDays):0} days"),
    };
}
