namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// How large each part of a multipart upload is. S3 takes at most 10,000 parts of 5 MiB to 5 GiB and an object of at most 5 TiB (Amazon S3
/// user guide, "Amazon S3 multipart upload limits"), and the size of a backup is not known when it begins, so parts grow.
/// </summary>
/// <remarks>
/// Parts 1-1,000 have 8 MiB, and every further thousand doubles, up to 1,664 MiB: 8 MiB up to 7.8 GiB stored, 16 MiB up to 23 GiB, 32 MiB up
/// to 55 GiB, 64 MiB up to 117 GiB, … and 5.12 TiB in all. A part is held in memory until it is stored, because only then can it be sent
/// again; from 55 GiB on that limits the parts on their way at once, and from 117 GiB on a part is larger than the default memory.
/// </remarks>
internal static class PartSizes
{
    /// <summary>S3's limit.</summary>
    public const int MostParts = 10_000;

    private const int PartsBeforeDoubling = 1000;
    private const long Largest = 1664L << 20;

    /// <summary>The bytes of a part; parts count from 1. Always whole chunks.</summary>
    public static long Of(int partNumber) => Math.Min(Largest, (long)ChunkPool.ChunkSize << ((partNumber - 1) / PartsBeforeDoubling));
}
