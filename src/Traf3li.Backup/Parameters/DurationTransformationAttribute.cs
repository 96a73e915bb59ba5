using System.Globalization;
using System.Management.Automation;

namespace Traf3li.Backup.Parameters;

/// <summary>Takes times as text too: <c>'90s'</c>, <c>'30m'</c>, <c>'24h'</c>; a plain number is seconds, where PowerShell alone would take it for ticks.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    private const double SecondsPerDay = 24 * 60 * 60;

    /// <summary>The longest time taken, days.</summary>
    public int LongestDays { get; set; } = 7;

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var seconds = input switch
        {
            TimeSpan time => time.TotalSeconds,
            string text => Parse(text),
            // A number in a script is of the smallest type that holds it.
            IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal => Convert.ToDouble(number, CultureInfo.InvariantCulture),
            _ => null,
        };
        return seconds >= 1 && seconds <= LongestDays * SecondsPerDay
            ? TimeSpan.FromSeconds(seconds.Value)
            : throw new ArgumentTransformationMetadataException($"'{input}' is no time from 1s to {LongestDays}d. Use a number of seconds, one with s, m, h or d, such as 30m, or a TimeSpan.");
    }

    private static double? Parse(string text)
    {
        var number = text.Trim();
        var factor = number.Length == 0 ? 0 : char.ToUpperInvariant(number[^1]) switch
        {
            'S' => 1,
            'M' => 60,
            'H' => 60 * 60,
            'D' => 24 * 60 * 60,
            _ => 0,
        };
        if (factor == 0 && TimeSpan.TryParseExact(number, "c", CultureInfo.InvariantCulture, out var time) && number.Contains(':', StringComparison.Ordinal))
        {
            return time.TotalSeconds;
        }

        number = factor == 0 ? number : number[..^1].TrimEnd();
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value * Math.Max(factor, 1)
            : null;
    }
}
