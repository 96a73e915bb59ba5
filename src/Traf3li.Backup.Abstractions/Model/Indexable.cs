namespace Traf3li.Backup;

/// <summary>
/// Lists as PowerShell can index them. What the compiler makes of <c>[.. items]</c> for an interface has its indexer only by that interface, and PowerShell's
/// <c>$list[0]</c> would then give the whole list.
/// </summary>
internal static class Indexable
{
    /// <summary>The list, or an array of its items.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> list) => list is T[] or List<T> or null ? list! : Copy(list);

    private static T[] Copy<T>(IReadOnlyList<T> list) => [.. list];
}
