namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>What Object Lock says of an object, or of several that belong together.</summary>
/// <param name="Retention">The retention, which may be over; null for none.</param>
/// <param name="IsHeld">Whether there is a legal hold.</param>
internal sealed record ObjectLockState(RetentionLock? Retention, bool IsHeld)
{
    /// <summary>Nothing keeps it.</summary>
    public static readonly ObjectLockState None = new(null, false);

    /// <summary>Why not all of it is known, such as an action that the identity lacks; empty where it is.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Of several objects: what keeps one of them keeps them all, until the last lets go.</summary>
    public static ObjectLockState Of(IEnumerable<ObjectLockState> all) => all.Aggregate(None, (one, other) => new ObjectLockState(Later(one.Retention, other.Retention), one.IsHeld || other.IsHeld)
    {
        Unknown = [.. one.Unknown.Union(other.Unknown, StringComparer.Ordinal)],
    });

    private static RetentionLock? Later(RetentionLock? one, RetentionLock? other) =>
        one is null || other?.Until > one.Until || (other?.Until == one.Until && other.Mode == ObjectLockMode.Compliance) ? other ?? one : one;
}
