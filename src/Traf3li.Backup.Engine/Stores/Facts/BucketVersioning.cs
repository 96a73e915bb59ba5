namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>The versioning of a bucket.</summary>
internal enum BucketVersioning
{
    /// <summary>It was never switched on: what is deleted is gone.</summary>
    Off,

    /// <summary>What is deleted stays as an older version.</summary>
    Enabled,

    /// <summary>It was on once: old versions stay, new ones are not made.</summary>
    Suspended,
}
