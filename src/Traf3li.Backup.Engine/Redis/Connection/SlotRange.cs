using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Hash slots of a cluster.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last slot, included.</param>
internal readonly record struct SlotRange(int First, int Last)
{
    /// <summary>How many slots a cluster has (redis/src/cluster.h).</summary>
    public const int SlotCount = 16384;

    /// <summary>The slots that none of the ranges holds.</summary>
    public static IReadOnlyList<SlotRange> Missing(IEnumerable<SlotRange> ranges)
    {
        var missing = new List<SlotRange>();
        var next = 0;
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (range.First > next)
            {
                missing.Add(new SlotRange(next, range.First - 1));
            }

            next = Math.Max(next, range.Last + 1);
        }

        if (next < SlotCount)
        {
            missing.Add(new SlotRange(next, SlotCount - 1));
        }

        return missing;
    }

    /// <summary><c>0-5460</c>, or <c>7</c> for one slot.</summary>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
