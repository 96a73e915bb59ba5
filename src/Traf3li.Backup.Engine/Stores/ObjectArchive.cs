namespace Traf3li.Backup.Engine.Stores;

/// <summary>That an object is archived, and whether it can be read all the same.</summary>
/// <param name="StorageClass">The storage class, or the archive tier of INTELLIGENT_TIERING.</param>
/// <param name="Status">Archived, InProgress or Thawed.</param>
/// <param name="ThawedUntil">Until when it can be read, UTC; null when it was not thawed.</param>
internal sealed record ObjectArchive(string StorageClass, ThawStatus Status, DateTime? ThawedUntil = null)
{
    /// <summary>Whether it can be read now.</summary>
    public bool CanBeRead => Status == ThawStatus.Thawed;

    /// <summary>The error of who reads it all the same.</summary>
    public ObjectArchivedException Error(string key) => new(key, StorageClass, ThawTimes.Describe(StorageClass), Status == ThawStatus.InProgress);
}
