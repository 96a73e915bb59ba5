using System.Diagnostics;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>When processes are killed: at random moments that a seed decides. TRAF3LI_TEST_SEED repeats a run.</summary>
internal sealed class KillMoments
{
    /// <summary>Kills of a suite.</summary>
    public const int Count = 50;

    private readonly Random _random;

    public KillMoments()
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("TRAF3LI_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        _random = new Random(Seed);
    }

    /// <summary>What the moments follow from.</summary>
    public int Seed { get; }

    /// <summary>Waits for a random part of a time; returns how long.</summary>
    public async Task<TimeSpan> WaitAsync(TimeSpan longest)
    {
        var wait = longest * _random.NextDouble();
        var begun = Stopwatch.GetTimestamp();
        await Task.Delay(wait);
        return Stopwatch.GetElapsedTime(begun);
    }
}
