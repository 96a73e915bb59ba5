using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Decides what of a store has expired, and removes it: manifests first, so that a crash leaves an object and never a manifest without one.</summary>
internal sealed class RetentionPipeline(IObjectStore store, IEngineReporter reporter, TimeProvider time)
{
    // As many as S3 deletes in one call.
    private const int BatchSize = 1000;
    private const int ChecksAtOnce = 8;
    private const int MostReasons = 5;

    /// <summary>When the last run of retention began, UTC; null where none is remembered.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>When tests found backups not to be good, by key.</summary>
    public IReadOnlyDictionary<string, DateTime> FailedTest { get; init; } = new Dictionary<string, DateTime>(StringComparer.Ordinal);

    /// <summary>What would be done, newest first. Nothing is written, and so the store's clock is not asked.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">The only environment concerned; null for all.</param>
    /// <param name="explained">The key of a backup of which the store's locks are wanted even when it stays; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<RetentionDecision>> PlanAsync(RetentionPolicy policy, string? environment, string? explained, CancellationToken cancellationToken)
    {
        var inventory = await StoreInventory.ReadAsync(store, environment, FailedTest, cancellationToken).ConfigureAwait(false);
        var situation = await AtWorkAsync(new RetentionSituation(Now()) { LastRun = LastRun }, inventory, cancellationToken).ConfigureAwait(false);
        var verdicts = await new LockInquiry(store).DecideAsync(inventory.Backups, policy, situation, explained, cancellationToken).ConfigureAwait(false);
        return [.. verdicts
            .OrderByDescending(item => item.Candidate.Date).ThenByDescending(item => item.Candidate.Key, StringComparer.Ordinal)
            .Select(item => Describe(item, situation.Now))];
    }

    /// <summary>Removes what has expired, oldest first, and gives each when all its objects are gone.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">The only environment concerned; null for all.</param>
    /// <param name="agreed">The keys that may go; null lets all go.</param>
    /// <param name="cancellationToken">Stops it; what was not emitted is finished by the next run.</param>
    /// <exception cref="ClockSkewException">The clocks disagree, so no age can be judged.</exception>
    public async IAsyncEnumerable<RemovedBackup> RemoveAsync(
        RetentionPolicy policy, string? environment, IReadOnlySet<string>? agreed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var situation = new RetentionSituation(Now()) { LastRun = LastRun, ClockDifference = await StoreClock.MeasureAsync(store, time, cancellationToken).ConfigureAwait(false) };
        if (situation.ClocksDisagree)
        {
            var ahead = situation.ClockDifference > TimeSpan.Zero ? "ahead of" : "behind";
            throw new ClockSkewException(store.DisplayName, $"its clock is {ReasonText.Span(situation.ClockDifference)} {ahead} that of this machine, so nothing is removed by age.");
        }

        var inventory = await StoreInventory.ReadAsync(store, environment, FailedTest, cancellationToken).ConfigureAwait(false);
        situation = await AtWorkAsync(situation, inventory, cancellationToken).ConfigureAwait(false);
        var verdicts = await new LockInquiry(store).DecideAsync(inventory.Backups, policy, situation, explained: null, cancellationToken).ConfigureAwait(false);
        WarnOfHeldBack(verdicts);
        WarnOfUnknownLocks(verdicts);
        var expired = verdicts.Zip(inventory.Backups)
            .Where(pair => pair.First.Action == RetentionAction.Remove && agreed?.Contains(pair.First.Candidate.Key) != false)
            .OrderBy(pair => pair.First.Candidate.Date).ThenBy(pair => pair.First.Candidate.Key, StringComparer.Ordinal)
            .ToList();
        var isHidden = expired.Count > 0 && await store.KeepsVersionsAsync(cancellationToken).ConfigureAwait(false);
        if (isHidden)
        {
            reporter.Warning($"{store.DisplayName} keeps versions: what is removed is only hidden, and takes its room until a lifecycle rule removes old versions.");
        }

        var journal = await BeginAsync([.. expired.Where(pair => pair.Second.ManifestKey is not null).SelectMany(pair => pair.Second.ObjectKeys)], cancellationToken).ConfigureAwait(false);
        var removal = new BackupRemoval(store, reporter);
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in expired.Chunk(BatchSize))
        {
            var free = await StillFreeAsync(batch, situation.Now, cancellationToken).ConfigureAwait(false);
            var removed = await removal.RunAsync([.. free.Select(pair => pair.Backup)], cancellationToken).ConfigureAwait(false);
            foreach (var (verdict, backup) in free.Where(pair => removed.Contains(pair.Backup)))
            {
                gone.UnionWith(backup.ObjectKeys);
                yield return Describe(verdict, backup, isHidden);
            }
        }

        // With its journal, the next run goes on where this one could not.
        removal.ThrowIfIncomplete();

        var old = situation.Now - UncountedRules.LeftOverAge;
        await RemoveDoneJournalsAsync(inventory, gone, old, cancellationToken).ConfigureAwait(false);
        await CleanAsync(journal, inventory.Traces, old, cancellationToken).ConfigureAwait(false);
    }

    private RetentionDecision Describe(RetentionVerdict verdict, DateTime now) => new()
    {
        Key = verdict.Candidate.Key,
        Destination = store.DisplayName,
        Source = verdict.Candidate.Source,
        Type = verdict.Candidate.Type,
        Environment = verdict.Candidate.Environment,
        Set = verdict.Candidate.Set.ToString(),
        Date = verdict.Candidate.Date,
        Age = now - verdict.Candidate.Date,
        Size = verdict.Candidate.Size,
        Decision = verdict.Action,
        Reason = verdict.Reasons,
    };

    private RemovedBackup Describe(RetentionVerdict verdict, StoredBackup backup, bool isHidden) => new()
    {
        Key = verdict.Candidate.Key,
        Destination = store.DisplayName,
        Source = verdict.Candidate.Source,
        Type = verdict.Candidate.Type,
        Date = verdict.Candidate.Date,
        Size = verdict.Candidate.Size,
        ObjectCount = backup.ObjectKeys.Count + (backup.ManifestKey is null ? 0 : 1),
        Reason = verdict.Reasons,
        IsHidden = isHidden,
    };

    private DateTime Now() => time.GetUtcNow().UtcDateTime;

    private void WarnOfHeldBack(IReadOnlyList<RetentionVerdict> verdicts)
    {
        var count = verdicts.Count(item => item.IsHeldBack);
        if (count > 0)
        {
            reporter.Warning(
                $"{ReasonText.Count(count, "backup")} held back, because too great a part of a set would go at once. See Get-Traf3liRetentionPlan; when the policy is meant so, use -Force.");
        }
    }

    private void WarnOfUnknownLocks(IReadOnlyList<RetentionVerdict> verdicts)
    {
        var unknown = verdicts.Select(item => item.Candidate.Lock?.Unknown ?? []).Where(reasons => reasons.Count > 0).ToList();
        if (unknown.Count > 0)
        {
            var reasons = unknown.SelectMany(item => item).Distinct(StringComparer.Ordinal).Take(MostReasons);
            reporter.Warning($"{ReasonText.Count(unknown.Count, "backup")} kept, because nobody can tell whether {store.DisplayName} has locked them: {string.Join("; ", reasons)}.");
        }
    }

    // Asked only where something looks left over.
    private async Task<RetentionSituation> AtWorkAsync(RetentionSituation situation, StoreInventory inventory, CancellationToken cancellationToken)
    {
        var atWork = new HashSet<(string Environment, BackupSource Source)>();
        var orphans = inventory.Backups.Select(item => item.Candidate).Where(item => item.State is CandidateState.OrphanObject or CandidateState.OrphanManifest);
        foreach (var (environment, source) in orphans.Select(item => (item.Environment, item.Source)).Distinct())
        {
            string[] names = [RunRequest.LockOf(source, environment), RunRequest.CopyLock];
            foreach (var name in names)
            {
                if (await new LockObject(store, name).IsHeldAsync(Now() + situation.ClockDifference, cancellationToken).ConfigureAwait(false))
                {
                    atWork.Add((environment, source));
                }
            }
        }

        return situation with { AtWork = atWork };
    }

    private async Task<string?> BeginAsync(IReadOnlyList<string> objectKeys, CancellationToken cancellationToken) =>
        objectKeys.Count == 0 ? null : await new RemovalJournal(store).WriteAsync(objectKeys, cancellationToken).ConfigureAwait(false);

    // The listing may be minutes old: what was held, or finished, since then stays.
    private async Task<List<(RetentionVerdict Verdict, StoredBackup Backup)>> StillFreeAsync(
        (RetentionVerdict Verdict, StoredBackup Backup)[] batch, DateTime now, CancellationToken cancellationToken)
    {
        var holds = new BackupHolds(store);
        var isFree = new bool[batch.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ChecksAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, batch.Length, options, async (index, token) =>
        {
            var key = batch[index].Backup.Candidate.Key;
            var forbidding = batch[index].Backup.Candidate.State switch
            {
                CandidateState.OrphanManifest => key,
                CandidateState.Good or CandidateState.Damaged => null,
                _ => BackupKey.ManifestOf(BackupKey.WithoutShard(key)),
            };
            isFree[index] = (await holds.FindAsync(key, token).ConfigureAwait(false) is not { } hold || hold.Until <= now)
                && (forbidding is null || await store.FindAsync(forbidding, token).ConfigureAwait(false) is null);
        }).ConfigureAwait(false);
        return [.. batch.Where((_, index) => isFree[index])];
    }

    // What a killed run was about to remove is gone now, or was gone before: nothing needs its journal any more. Nor does what still has its manifest,
    // or a journal that cannot be read, once it is old: until then another run may be at work by it.
    private async Task RemoveDoneJournalsAsync(StoreInventory inventory, HashSet<string> gone, DateTime old, CancellationToken cancellationToken)
    {
        var journals = new RemovalJournal(store);
        foreach (var journal in inventory.Traces.Where(item => RemovalJournal.IsJournal(item.Key)))
        {
            var keys = await journals.ReadAsync(journal, cancellationToken).ConfigureAwait(false);
            var isOld = journal.LastModified < old;
            if (keys.Count == 0 ? isOld : keys.All(key => gone.Contains(key) || !inventory.Objects.ContainsKey(key) || (isOld && HasManifest(key))))
            {
                await store.DeleteAsync(journal.Key, cancellationToken).ConfigureAwait(false);
            }
        }

        bool HasManifest(string key) => inventory.Objects.ContainsKey(BackupKey.ManifestOf(BackupKey.WithoutShard(key)));
    }

    private async Task CleanAsync(string? journal, IReadOnlyList<StoredObject> others, DateTime old, CancellationToken cancellationToken)
    {
        var asked = others.Where(item => !RemovalJournal.IsJournal(item.Key) && item.LastModified < old).Select(item => item.Key);
        var failed = await store.DeleteAsync([.. asked.Concat(journal is null ? [] : [journal])], cancellationToken).ConfigureAwait(false);
        foreach (var (key, error) in failed.Take(1))
        {
            reporter.Warning($"{key} was not removed: {error.Message}");
        }

        try
        {
            var removed = await store.RemoveStaleUploadsAsync(BackupKey.Root, old, cancellationToken).ConfigureAwait(false);
            if (removed > 0)
            {
                reporter.Warning($"Removed {ReasonText.Count(removed, "unfinished upload")} that killed runs left in {store.DisplayName}.");
            }
        }
        catch (Exception exception) when (exception is StoreAccessDeniedException or StoreFailedException)
        {
            reporter.Warning($"Unfinished uploads were not looked for: {exception.Message}");
        }
    }
}
