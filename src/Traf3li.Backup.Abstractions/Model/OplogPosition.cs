using System.Globalization;

namespace Traf3li.Backup;

/// <summary>A BSON timestamp as the oplog uses it: seconds since 1970 UTC, and a counter within the second.</summary>
/// <param name="Seconds">Seconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Increment">Counter within the second, from 1.</param>
public readonly record struct OplogPosition(uint Seconds, uint Increment) : IComparable<OplogPosition>
{
    /// <summary>Parses <c>seconds:increment</c>, mongorestore's <c>--oplogLimit</c> form; the increment may be left out and is then 0.</summary>
    public static bool TryParse(string? text, out OplogPosition position)
    {
        position = default;
        var parts = text?.Split(':');
        if (parts is not { Length: 1 or 2 } || !uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        uint increment = 0;
        if (parts.Length == 2 && !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out increment))
        {
            return false;
        }

        position = new OplogPosition(seconds, increment);
        return true;
    }

    /// <summary>The position as BSON's 64-bit value: seconds in the upper half.</summary>
    public static OplogPosition FromValue(long value) => new((uint)((ulong)value >> 32), (uint)value);

    /// <summary>The 64-bit value of the BSON timestamp.</summary>
    public long ToValue() => (long)(((ulong)Seconds << 32) | Increment);

    /// <summary>The wall-clock second of this position.</summary>
    public DateTime ToDateTime() => DateTime.UnixEpoch.AddSeconds(Seconds);

    /// <inheritdoc />
    public int CompareTo(OplogPosition other) => ((ulong)ToValue()).CompareTo((ulong)other.ToValue());

    /// <summary>Order by time, then by counter.</summary>
    public static bool operator <(OplogPosition left, OplogPosition right) => left.CompareTo(right) < 0;

    /// <summary>Order by time, then by counter.</summary>
    public static bool operator >(OplogPosition left, OplogPosition right) => left.CompareTo(right) > 0;

    /// <summary>Order by time, then by counter.</summary>
    public static bool operator <=(OplogPosition left, OplogPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Order by time, then by counter.</summary>
    public static bool operator >=(OplogPosition left, OplogPosition right) => left.CompareTo(right) >= 0;

    /// <summary>The form that <see cref="TryParse" /> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds}:{Increment}");
}
