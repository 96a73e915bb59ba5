namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>How a store is set up, as far as it tells. Asking changes nothing.</summary>
internal sealed record StoreFacts
{
    /// <summary>Of a bucket; null of another store.</summary>
    public BucketFacts? Bucket { get; init; }

    /// <summary>Of a folder; null of another store.</summary>
    public FolderFacts? Folder { get; init; }
}
