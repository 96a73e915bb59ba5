namespace Traf3li.Backup;

/// <summary>An RDB that was written for a server to start from.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="KeyCount">Its keys, also those that have expired meanwhile.</param>
/// <param name="Slot">Of a cluster the hash slots of its keys, such as <c>0-5460</c>; else empty.</param>
public sealed record RdbFile(string Path, long Size, long KeyCount, IReadOnlyList<string> Slot)
{
    /// <summary>Of a cluster the hash slots of its keys, such as <c>0-5460</c>; else empty.</summary>
    public IReadOnlyList<string> Slot { get; init => field = Indexable.Of(value); } = Indexable.Of(Slot);
}
