using System.Globalization;

namespace Traf3li.Backup.Engine.Progress;

/// <summary>Writes sizes for people: <c>999 B</c>, <c>125.4 MB</c>; powers of 1024, as PowerShell's own MB and GB are.</summary>
internal static class ReadableSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    public static string Format(double bytes)
    {
        var unit = 0;
        while (Math.Abs(bytes) >= 1000 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
