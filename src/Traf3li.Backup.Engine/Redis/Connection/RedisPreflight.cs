using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>What a user should know of a server before it is read. None of it stops a backup.</summary>
internal static class RedisPreflight
{
    // A save copies each page that is written while it runs: nothing where nothing is written, and all of it where everything is. Half is a
    // middle that warns neither every server nor only those that are lost.
    private const double NeededShare = 0.5;

    // The least hard limit that is comfortable: redis.conf's own default for replicas.
    private const long UsualHardLimit = 256L << 20;

    // Servers save by themselves all the time (save 3600 1 300 100 60 10000 is redis.conf's default), which is nothing to warn of.
    private static readonly TimeSpan LongSave = TimeSpan.FromHours(1);

    /// <summary>The warnings before a full synchronisation, each with its number; empty where all is well.</summary>
    public static IReadOnlyList<string> Warnings(RedisServerFacts facts) => [.. WarningsOfScan(facts), .. WarningsOfSave(facts)];

    /// <summary>The warnings before keys are read one by one, for which the server saves nothing.</summary>
    public static IReadOnlyList<string> WarningsOfScan(RedisServerFacts facts)
    {
        var warnings = new List<string>();
        if (facts.IsInfoRefused)
        {
            warnings.Add($"{facts.Endpoint} refuses INFO, so its state before the backup was not checked.");
        }

        if (facts.IsLoading)
        {
            warnings.Add($"{facts.Endpoint} is loading its data and cannot be read until it has (loading:1).");
        }

        if (facts.IsLinkUp == false)
        {
            warnings.Add($"{facts.Endpoint} is a replica without a link to its primary {facts.Primary} (master_link_status:down); it refuses replication until it is in step, and what it has may be old.");
        }

        return warnings;
    }

    /// <summary>What is no fault of the server's and yet explains what a user may see.</summary>
    public static IEnumerable<string> Notes(RedisServerFacts facts)
    {
        if (facts.IsSaving)
        {
            yield return $"{facts.Endpoint} is saving already; the backup's own save waits for its end.";
        }

        if (facts.IsDisklessSync == false)
        {
            yield return $"{facts.Endpoint} writes an RDB file to its own disk before it sends it (repl-diskless-sync no); its disk needs that room, and the transfer begins only then.";
        }
    }

    private static List<string> WarningsOfSave(RedisServerFacts facts)
    {
        var warnings = new List<string>();

        if (facts is { IsSaving: true, SavingFor: { } savingFor } && savingFor >= LongSave)
        {
            warnings.Add(FormattableString.Invariant(
                $"{facts.Endpoint} has been saving for {savingFor.TotalMinutes:0} min (rdb_bgsave_in_progress:1), and the backup's own save waits for its end; a disk that hangs looks like that."));
        }

        if (facts.IsLastSaveGood == false)
        {
            warnings.Add(FormattableString.Invariant(
                $"The last save of {facts.Endpoint} failed (rdb_last_bgsave_status:err, {facts.ChangesSinceSave ?? 0} changes since the last good one); the save for this backup may fail for the same reason, which the server's log tells."));
        }

        if (facts is { ForkHeadroom: { } headroom, ResidentMemory: { } resident } && headroom < resident * NeededShare)
        {
            warnings.Add(
                $"{facts.Endpoint} takes {ReadableSize.Format(resident)} of memory and {ReadableSize.Format(Math.Max(headroom, 0))} are left; a save may need up to as much again while keys are written. Read a replica, or run when little is written.");
        }

        if (facts.OutputBufferLimit is { Hard: > 0 and < UsualHardLimit } limit)
        {
            warnings.Add($"{facts.Endpoint} drops a replica whose unsent data passes {limit} (client-output-buffer-limit replica); the usual limit is {ReadableSize.Format(UsualHardLimit)}.");
        }

        return warnings;
    }
}
