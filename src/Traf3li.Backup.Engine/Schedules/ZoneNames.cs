namespace Traf3li.Backup.Engine.Schedules;

/// <summary>Names of time zones as systems other than this one know them.</summary>
internal static class ZoneNames
{
    /// <summary>The IANA name, such as <c>Europe/Berlin</c>.</summary>
    public static string Iana(TimeZoneInfo zone) => !zone.HasIanaId && TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var name) ? name : zone.Id;
}
