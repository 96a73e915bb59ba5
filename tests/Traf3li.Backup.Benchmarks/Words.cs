namespace Traf3li.Backup.Benchmarks;

/// <summary>Made-up words of uneven frequency: few are frequent and most are rare, as in any language.</summary>
internal sealed class Words
{
    private const int Count = 2_000;

    private static readonly string[] Syllables = ["ba", "con", "de", "er", "fo", "gra", "in", "ka", "lo", "men", "na", "or", "pre", "qui", "ra", "sta", "ti", "un", "ver", "zo"];

    private readonly string[] _words;

    /// <summary>Makes the words.</summary>
    public Words(Random random) =>
        _words = [.. Enumerable.Range(0, Count).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Syllables[random.Next(Syllables.Length)])))];

    /// <summary>One of them.</summary>
    public string Next(Random random) => _words[(int)(Count * Math.Pow(random.NextDouble(), 3))];
}
