namespace Traf3li.Backup.Engine.Stores;

/// <summary>An object as the store describes it.</summary>
/// <param name="Key">Its key below the destination.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was completed, UTC.</param>
/// <param name="StorageClass">Its storage class, such as GLACIER; null where the store has none.</param>
/// <param name="Version">
/// What tells this content of the key from others (an ETag, or time and size of a file), for <see cref="UploadOptions.OnlyIfVersion" />; says nothing
/// else. The same bytes written again may have the same. Null where it is not known.
/// </param>
/// <param name="Archive">That it is archived; null where it can be read at any time. A listing does not know the archive tiers of INTELLIGENT_TIERING.</param>
internal sealed record StoredObject(string Key, long Size, DateTime LastModified, string? StorageClass = null, string? Version = null, ObjectArchive? Archive = null)
{
    /// <summary>Whether an object of so many bytes is there. Ceph says 0 of what it has moved to another cloud.</summary>
    public bool HasSize(long size) => Size == size || (Size == 0 && Archive is { CanBeRead: false });
}
