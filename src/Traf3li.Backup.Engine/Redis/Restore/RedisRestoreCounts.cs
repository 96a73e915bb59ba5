namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>What happened to the keys of an RDB.</summary>
internal sealed record RedisRestoreCounts
{
    /// <summary>Keys that were written.</summary>
    public required RedisKeyCount Restored { get; init; }

    /// <summary>Keys among them that the target had before. It is not asked in databases that were empty when the restore began, so a key that
    /// somebody else writes there meanwhile is not counted.</summary>
    public required RedisKeyCount Replaced { get; init; }

    /// <summary>Keys that had expired by the server's clock and were not sent.</summary>
    public required RedisKeyCount Expired { get; init; }

    /// <summary>Keys that were not wanted.</summary>
    public required RedisKeyCount Skipped { get; init; }

    /// <summary>Keys among the restored ones whose values were rebuilt by ordinary commands.</summary>
    public required RedisKeyCount Rebuilt { get; init; }

    /// <summary>Streams among the rebuilt ones whose consumers are there, but not when they were seen or active last.</summary>
    public required RedisKeyCount WithoutConsumerTimes { get; init; }

    /// <summary>Streams among the rebuilt ones whose groups lack pending entries, because the stream no longer has those entries.</summary>
    public required RedisKeyCount WithoutPendingEntries { get; init; }

    /// <summary>Pending entries that those streams lack together.</summary>
    public long LostPendingEntries { get; init; }

    /// <summary>Keys among the rebuilt ones that lost what an older server cannot keep: metadata of modules, ids of idempotent producers, counts
    /// of a stream, or consumers without entries.</summary>
    public required RedisKeyCount WithoutExtras { get; init; }

    /// <summary>Libraries of functions that were loaded.</summary>
    public int Functions { get; init; }

    /// <summary>What a user should know, each with its number; empty where all is as it was.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        if (WithoutPendingEntries.Count > 0)
        {
            warnings.Add(FormattableString.Invariant(
                $"{WithoutPendingEntries} streams were rebuilt without {LostPendingEntries:#,0} pending entries of their groups: the streams no longer have these entries, and no command makes such."));
        }

        if (WithoutConsumerTimes.Count > 0)
        {
            warnings.Add($"{WithoutConsumerTimes} streams were rebuilt, and their consumers count as seen and active now, not when they were.");
        }

        if (WithoutExtras.Count > 0)
        {
            warnings.Add(
                $"{WithoutExtras} keys were rebuilt without what the target cannot keep (metadata of modules, ids of idempotent producers, counts of streams, consumers without entries).");
        }

        return warnings;
    }
}
