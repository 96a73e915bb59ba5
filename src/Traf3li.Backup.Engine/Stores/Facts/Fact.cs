namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>Something that a store was asked about itself: the answer, or why there is none.</summary>
/// <param name="Value">The answer; the default where there is none.</param>
/// <param name="Unknown">Why it is not known; null where it is.</param>
internal readonly record struct Fact<T>(T? Value, string? Unknown)
{
    /// <summary>Whether there is an answer.</summary>
    public bool IsKnown => Unknown is null;
}

/// <summary>Makes facts.</summary>
internal static class Fact
{
    /// <summary>An answer.</summary>
    public static Fact<T> Of<T>(T value) => new(value, null);

    /// <summary>No answer, and why.</summary>
    public static Fact<T> Unknown<T>(string reason) => new(default, reason);
}
