namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>How much an S3 store does at once, and with how much memory.</summary>
internal sealed class S3StoreOptions
{
    /// <summary>Parts of one upload that are on their way at once.</summary>
    public int ParallelParts { get; init; } = 4;

    /// <summary>Memory for the parts of one upload, bytes. A single part that is larger (see <see cref="PartSizes" />) is held all the same.</summary>
    public long UploadMemory { get; init; } = 64L << 20;

    /// <summary>Ranges of one read that are fetched ahead, each of <see cref="ChunkPool.ChunkSize" />.</summary>
    public int ParallelRanges { get; init; } = 4;

    /// <summary>
    /// The largest object that the service copies in one call, and the size of the parts of larger ones, bytes. S3 allows 5 GiB (Amazon S3 API
    /// reference, "CopyObject"); less lets parts be copied side by side and progress be seen.
    /// </summary>
    public long CopyPartSize { get; init; } = 256L << 20;

    /// <summary>How long an aborted upload may keep a cancelled command waiting.</summary>
    public TimeSpan AbortTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
