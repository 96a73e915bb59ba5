namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Numbers that a few odd values do not move (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993).</summary>
internal static class RobustStatistics
{
    // Makes the median of absolute deviations comparable with a standard deviation.
    private const double Consistency = 1.4826;

    // Where all are nearly the same, a change of a few percent is no oddity.
    private const double LeastSpread = 0.05;

    /// <summary>The middle value; of an even number the mean of both. There must be one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>A robust standard deviation; 5 % of the median at least.</summary>
    public static double Spread(IReadOnlyList<double> values)
    {
        var median = Median(values);
        return Math.Max(Consistency * Median(values.Select(value => Math.Abs(value - median))), LeastSpread * Math.Abs(median));
    }

    /// <summary>How far a value lies from the median of others, in robust standard deviations of theirs.</summary>
    public static double Score(double value, IReadOnlyList<double> others)
    {
        var distance = value - Median(others);
        return distance == 0 ? 0 : distance / Spread(others);
    }

    /// <summary>The slope of the straight line that fits points best by least squares; null where all have one x.</summary>
    public static double? Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        var across = points.Sum(point => (point.X - x) * (point.X - x));
        return across > 0 ? points.Sum(point => (point.X - x) * (point.Y - y)) / across : null;
    }
}
