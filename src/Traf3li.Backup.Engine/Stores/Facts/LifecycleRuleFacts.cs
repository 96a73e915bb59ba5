using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>A lifecycle rule of a bucket, and what it does to backups.</summary>
internal sealed record LifecycleRuleFacts
{
    /// <summary>Its name; empty when it has none.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is in force.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>What the keys begin with that it holds for; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The tags that an object must have; empty for none.</summary>
    public IReadOnlyList<string> Tag { get; init; } = [];

    /// <summary>Whether one of those tags is none that the destination gives its objects.</summary>
    public bool IsForOtherTags { get; init; }

    /// <summary>Objects must be larger than this, bytes; null for no such limit.</summary>
    public long? LargerThan { get; init; }

    /// <summary>Objects must be smaller than this, bytes; null for no such limit.</summary>
    public long? SmallerThan { get; init; }

    /// <summary>The storage class that objects are moved to; null when none are. The last one where there are several.</summary>
    public string? StorageClass { get; init; }

    /// <summary>After how many days they are moved; null when none are, or on a date.</summary>
    public int? MovedAfterDays { get; init; }

    /// <summary>Whether current objects are removed after some time, which retention knows nothing of.</summary>
    public bool RemovesObjects { get; init; }

    /// <summary>After how many days current objects are removed; null when they are not, or on a date.</summary>
    public int? RemovedAfterDays { get; init; }

    /// <summary>After how many days older versions are removed; null when they are not.</summary>
    public int? OldVersionsRemovedAfterDays { get; init; }

    /// <summary>After how many days unfinished uploads are aborted; null when they are not.</summary>
    public int? UploadsAbortedAfterDays { get; init; }

    /// <summary>Whether it is in force for keys of backups below the destination's prefix.</summary>
    /// <param name="destinationPrefix">What every key of the destination begins with.</param>
    public bool TouchesBackups(string destinationPrefix) => IsEnabled && !IsForOtherTags && Overlaps(Prefix, destinationPrefix + BackupKey.Root);

    /// <summary>Whether it is in force for every key of backups below the destination's prefix, whatever its size.</summary>
    /// <param name="destinationPrefix">What every key of the destination begins with.</param>
    public bool CoversBackups(string destinationPrefix) =>
        IsEnabled && !IsForOtherTags && LargerThan is null && SmallerThan is null && (destinationPrefix + BackupKey.Root).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is in force for a key, if the object's size is right.</summary>
    /// <param name="fullKey">The key with the destination's prefix.</param>
    public bool CanTouch(string fullKey) => IsEnabled && !IsForOtherTags && fullKey.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Whether it moves objects that are read at any time (manifests, holds, the history, locks) to a class that must be thawed. Those
    /// for objects larger than any manifest do not; the destination's tags are those of manifests too.
    /// </summary>
    /// <param name="destinationPrefix">What every key of the destination begins with.</param>
    public bool MovesManifests(string destinationPrefix) =>
        TouchesBackups(destinationPrefix) && StorageClass is "GLACIER" or "DEEP_ARCHIVE" && !(LargerThan >= ManifestSerializer.MaxSize);

    private static bool Overlaps(string one, string other) => one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);
}
