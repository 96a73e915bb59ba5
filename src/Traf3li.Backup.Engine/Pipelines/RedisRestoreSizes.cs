using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>How much a restore of Redis takes at once.</summary>
internal sealed record RedisRestoreSizes
{
    // What RESTORE has beside the value: its type, metadata, version and checksum.
    private const int RoomForFooter = 4096;

    /// <summary>Keys of the backup that are remembered for the deletion; of more it is read several times.</summary>
    public int MostKeysAtOnce { get; init; } = BackupKeys.MostAtOnce;

    /// <summary>Values that are longer in the RDB, bytes, are rebuilt: <see cref="RedisRestoreRequest.LongestPayload" />.</summary>
    public int LongestPayload { get; init; } = new RedisRestoreRequest().LongestPayload;

    /// <summary>The same for a target that may take only short arguments.</summary>
    public int LongestPayloadFor(RedisRestoreTarget target) => (int)Math.Min(LongestPayload, target.LongestArgument - RoomForFooter);

    /// <summary>Values that are longer, bytes, are compared one by one, through a temporary file.</summary>
    public long LongestCompared { get; init; } = ValueComparison.LongestInBatch;
}
