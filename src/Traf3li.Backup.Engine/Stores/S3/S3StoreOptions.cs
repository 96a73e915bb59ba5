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

    /// <summary>How long an aborted upload may keep a cancelled command waiting.</summary>
    public TimeSpan AbortTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
