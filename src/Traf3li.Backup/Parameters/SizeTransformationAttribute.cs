using System.Globalization;
using System.Management.Automation;

namespace Traf3li.Backup.Parameters;

/// <summary>Takes sizes as text too: <c>'1GB'</c>, <c>'512 MB'</c>, in PowerShell's units of 1024.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Units = ["KB", "MB", "GB", "TB", "PB"];

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text)
        {
            return inputData;
        }

        var number = text.Trim();
        var factor = 1m;
        var unit = Array.FindIndex(Units, name => number.EndsWith(name, StringComparison.OrdinalIgnoreCase));
        if (unit >= 0)
        {
            number = number[..^2].TrimEnd();
            factor = (decimal)Math.Pow(1024, unit + 1);
        }

        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * factor <= long.MaxValue
            ? (object)(long)(value * factor)
            : throw new ArgumentTransformationMetadataException($"'{text}' is no size. Use a number of bytes, or one with KB, MB, GB, TB or PB, such as 1GB.");
    }
}
