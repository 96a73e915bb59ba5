namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>A backup as a listing alone tells of it, so small that ten thousand take a megabyte or two.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Source">The kind of server.</param>
/// <param name="Type">The schedule; of Redis always Manual, since its keys do not tell.</param>
/// <param name="Date">When it was begun, UTC.</param>
/// <param name="IsGood">Whether it has both an object and a manifest, or is one of the Node scripts, which wrote none.</param>
/// <param name="HasManifest">Whether it has a manifest.</param>
/// <param name="Size">Bytes of its objects, without the manifest; null where the listing does not tell.</param>
internal readonly record struct ListedBackup(string Key, BackupSource Source, BackupType Type, DateTime Date, bool IsGood, bool HasManifest, long? Size = null);
