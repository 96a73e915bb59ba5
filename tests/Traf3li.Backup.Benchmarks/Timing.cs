using System.Diagnostics;

namespace Traf3li.Backup.Benchmarks;

/// <summary>Measures work, some times over, and takes the median, which one disturbed run does not move.</summary>
internal static class Timing
{
    /// <summary>Seconds that the work took.</summary>
    public static async Task<double> MeasureAsync(Func<Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Measures several pieces of work in turn, so that what disturbs the machine disturbs all of them; the median seconds of each.</summary>
    public static async Task<double[]> CompareAsync(int runs, params Func<Task>[] works)
    {
        var times = works.Select(_ => new List<double>()).ToArray();
        for (var run = 0; run < runs; run++)
        {
            for (var index = 0; index < works.Length; index++)
            {
                times[index].Add(await MeasureAsync(works[index]));
            }
        }

        return [.. times.Select(Median)];
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
