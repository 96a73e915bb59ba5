using System.Diagnostics;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>When processes are killed: at random moments that a seed decides. TRAF3LI_TEST_SEED repeats its numbers.</summary>
internal sealed class KillMoments
{
    /// <summary>Kills of a suite.</summary>
    public const int Count = 50;

    private const double Shortest = 0.5;
    private const double Longest = 20;

    private readonly Random _random;
    private readonly Dictionary<TimeSpan, double> _stretch = [];

    public KillMoments()
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("TRAF3LI_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        _random = new Random(Seed);
    }

    /// <summary>What the moments follow from.</summary>
    public int Seed { get; }

    /// <summary>
    /// Waits for a random part of the time that a process's work took when it was measured; returns how long. The machine may be busier by now, or
    /// less: the time becomes longer whenever the work goes on at the moment, and shorter when it had ended, so that about two kills of three
    /// come in the middle of it.
    /// </summary>
    public async Task<TimeSpan> WaitAsync(TimeSpan measured, EngineProcess child)
    {
        var stretch = _stretch.GetValueOrDefault(measured, 1);
        var wait = measured * stretch * _random.NextDouble();
        var begun = Stopwatch.GetTimestamp();
        await Task.Delay(wait);
        _stretch[measured] = child.HasEnded ? Math.Max(Shortest, stretch / 1.6) : Math.Min(Longest, stretch * 1.3);
        return Stopwatch.GetElapsedTime(begun);
    }
}
