namespace Traf3li.Backup.Engine.Stores;

/// <summary>An object as the store describes it.</summary>
/// <param name="Key">Its key below the destination.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was completed, UTC.</param>
/// <param name="StorageClass">Its storage class, such as GLACIER; null where the store has none.</param>
internal sealed record StoredObject(string Key, long Size, DateTime LastModified, string? StorageClass = null);
