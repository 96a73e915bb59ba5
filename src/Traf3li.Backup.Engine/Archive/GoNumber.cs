using System.Globalization;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Text of a double as the Go driver writes it in Extended JSON: the shortest digits that read back, as <c>strconv.FormatFloat(f, 'G', -1,
/// 64)</c> gives them, with <c>.0</c> behind a whole number.
/// </summary>
internal static class GoNumber
{
    /// <summary>Formats a double.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        // R gives the shortest digits; only where the exponent begins and how it is written differ.
        var scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var exponent = value == 0 ? 0 : int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = Digits(shortest, out var negative);
        var sign = negative ? "-" : "";
        // With the shortest digits, strconv turns to an exponent below -4 and from 6 on, however many digits there are.
        if (exponent is < -4 or >= 6)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}E{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0') + ".0"
            : sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Digits(string text, out bool negative)
    {
        negative = text[0] == '-';
        var mantissa = text.AsSpan(negative ? 1 : 0);
        var end = mantissa.IndexOf('E');
        if (end >= 0)
        {
            mantissa = mantissa[..end];
        }

        var digits = mantissa.ToString().Replace(".", "", StringComparison.Ordinal).Trim('0');
        return digits.Length == 0 ? "0" : digits;
    }
}
