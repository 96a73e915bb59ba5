namespace Traf3li.Backup;

/// <summary>What a restore did to the keys of a Redis server.</summary>
public sealed class RedisRestoreResult
{
    /// <summary>Keys of the backup written, those that replaced one included.</summary>
    public required RedisKeyCount Restored { get; init; }

    /// <summary>Keys of the backup that were there before, with another or the same value.</summary>
    public required RedisKeyCount Replaced { get; init; }

    /// <summary>Keys of the backup that were not written, because their time had come since it was taken.</summary>
    public required RedisKeyCount Expired { get; init; }

    /// <summary>Keys of the server deleted, because the backup lacks them.</summary>
    public required RedisKeyCount Deleted { get; init; }

    /// <summary>Keys of the backup that were not asked for.</summary>
    public required RedisKeyCount Skipped { get; init; }

    /// <summary>Keys whose value was written by ordinary commands rather than by RESTORE; they are among the restored ones.</summary>
    public required RedisKeyCount Rebuilt { get; init; }

    /// <summary>The databases concerned, by number.</summary>
    public IReadOnlyList<RedisRestoredDatabase> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Libraries of functions written.</summary>
    public int FunctionCount { get; init; }

    /// <summary>Libraries of functions deleted, because the backup lacks them.</summary>
    public IReadOnlyList<string> DeletedFunction { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Keys whose value and expiry were read back from the server and found equal to the backup's.</summary>
    public long ComparedCount { get; init; }
}
