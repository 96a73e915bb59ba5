using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Asks a store for its own locks, of as few backups as a decision needs: those that would go without them.</summary>
internal sealed class LockInquiry(IObjectStore store)
{
    private const int AtOnce = 16;

    /// <summary>The verdicts with what the store's locks forbid.</summary>
    /// <param name="backups">The backups.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="situation">What else the verdicts depend on.</param>
    /// <param name="explained">The key of a backup whose locks are wanted in any case; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<RetentionVerdict>> DecideAsync(
        IReadOnlyList<StoredBackup> backups, RetentionPolicy policy, RetentionSituation situation, string? explained, CancellationToken cancellationToken)
    {
        var candidates = backups.Select(item => item.Candidate).ToArray();
        var verdicts = RetentionPlanner.Decide(candidates, policy, situation);
        // Whether too much of a set would go at once depends on what is locked.
        var asked = Enumerable.Range(0, backups.Count).Where(index => verdicts[index].Action == RetentionAction.Remove || verdicts[index].IsHeldBack || candidates[index].Key == explained).ToList();
        if (asked.Count == 0 || store.ObjectLocks is not { } locks || await locks.AreOnAsync(cancellationToken).ConfigureAwait(false) is { IsKnown: true, Value: false })
        {
            return verdicts;
        }

        var parts = asked.SelectMany(index => backups[index].Parts.Select(key => (Index: index, Key: key))).ToList();
        var states = new ObjectLockState[parts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, parts.Count, options, async (part, token) =>
            states[part] = await locks.FindAsync(parts[part].Key, token).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var backup in parts.Zip(states).GroupBy(pair => pair.First.Index, pair => pair.Second))
        {
            candidates[backup.Key] = candidates[backup.Key] with { Lock = ObjectLockState.Of(backup) };
        }

        return RetentionPlanner.Decide(candidates, policy, situation);
    }
}
