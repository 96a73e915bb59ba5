using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Finds what a mirror lacks, by one listing of each end: only of what is missing are manifests read. Where the mirror has a retention of its
/// own, what that would remove at once is not missing.
/// </summary>
internal sealed class MirrorPlanner(IObjectStore source, IObjectStore target, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>What is to be copied, newest first: when a run is cut short, the newest matters most.</summary>
    /// <param name="options">Which backups are wanted.</param>
    /// <param name="retention">The mirror's own policy; null when it keeps everything.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<MissingCopy>> PlanAsync(CopyOptions options, RetentionPolicy? retention, CancellationToken cancellationToken)
    {
        await target.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        var here = await StoreInventory.ListAsync(source, cancellationToken).ConfigureAwait(false);
        var there = await ListTargetAsync(cancellationToken).ConfigureAwait(false);
        var wanted = Wanted(here.Objects, options);
        wanted.IntersectWith(Different(here.Objects, there?.Objects));
        await here.DescribeAsync((name, _) => wanted.Contains(BackupKey.WithoutShard(name)), cancellationToken).ConfigureAwait(false);
        var missing = here.Backups.Select(item => item.Candidate)
            .Where(item => item.State == CandidateState.Good || (item.State == CandidateState.Legacy && options.IncludeLegacy)).ToList();
        WarnOfIncomplete(here.Backups);
        if (retention is not null && missing.Count > 0)
        {
            missing = await WithoutExpiredAsync(missing, there, retention, cancellationToken).ConfigureAwait(false);
        }

        return [.. missing.OrderByDescending(item => item.Date).ThenByDescending(item => item.Key, StringComparer.Ordinal).Select(item => new MissingCopy
        {
            Key = item.Key,
            Source = item.Source,
            Type = item.Type,
            Date = item.Date,
            Size = item.Size,
        })];
    }

    // A folder that has not been made yet holds nothing; whether it can be made has been checked.
    private async Task<StoreInventory?> ListTargetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await StoreInventory.ListAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreNotFoundException)
        {
            return null;
        }
    }

    private static HashSet<string> Wanted(IReadOnlyDictionary<string, StoredObject> objects, CopyOptions options)
    {
        var matching = objects.Keys
            .Where(name => name.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) || options.IncludeLegacy)
            .Select(name => name.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) ? name[..^BackupKey.ManifestSuffix.Length] : name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Key: BackupKey.TryParse(name)))
            .Where(item => item.Key is { } key && Matches(key, options))
            .OrderByDescending(item => item.Key!.Time).ThenByDescending(item => item.Name, StringComparer.Ordinal);
        return matching.Take(options.Latest ?? int.MaxValue).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
    }

    private static bool Matches(BackupKey key, CopyOptions options) =>
        (options.Source is null or BackupSource.All || options.Source == key.Source)
        && (options.Type.Count == 0 || options.Type.Contains(key.Type))
        && (options.Environment is null || options.Environment == key.Environment)
        && (options.After is null || key.Time >= options.After)
        && (options.Before is null || key.Time < options.Before);

    // The backups of which an object, a shard or the manifest differs in size or is at one end only. What is the same by size and another all the same, -Verify finds.
    private static IEnumerable<string> Different(IReadOnlyDictionary<string, StoredObject> here, IReadOnlyDictionary<string, StoredObject>? there) =>
        here.Keys.Union(there?.Keys ?? [], StringComparer.Ordinal)
            .Where(key => !key.EndsWith(BackupHolds.Suffix, StringComparison.Ordinal) && !IsSame(here.GetValueOrDefault(key), there?.GetValueOrDefault(key)))
            .Select(key => BackupKey.WithoutShard(key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) ? key[..^BackupKey.ManifestSuffix.Length] : key));

    private static bool IsSame(StoredObject? here, StoredObject? there) => here is not null && there is not null && (here.HasSize(there.Size) || there.HasSize(here.Size));

    private void WarnOfIncomplete(IReadOnlyList<StoredBackup> backups)
    {
        var damaged = backups.Where(item => item.Candidate.State is CandidateState.Damaged or CandidateState.OrphanManifest).Select(item => item.Candidate.Key).Order(StringComparer.Ordinal).ToList();
        if (damaged.Count > 0)
        {
            reporter.Warning($"{ReasonText.Count(damaged.Count, "backup")} not copied, because {source.DisplayName} does not hold all of them: {string.Join(", ", damaged.Take(3))}{(damaged.Count > 3 ? ", …" : "")}");
        }
    }

    private async Task<List<RetentionCandidate>> WithoutExpiredAsync(
        List<RetentionCandidate> missing, StoreInventory? there, RetentionPolicy retention, CancellationToken cancellationToken)
    {
        if (there is not null)
        {
            await there.DescribeAsync((_, _) => true, cancellationToken).ConfigureAwait(false);
        }

        var added = missing.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        var all = (there?.Backups ?? []).Select(item => item.Candidate).Where(item => !added.Contains(item.Key)).Concat(missing).ToList();
        var expired = RetentionPlanner.Decide(all, retention with { Force = true }, new RetentionSituation(time.GetUtcNow().UtcDateTime))
            .Where(item => item.Action == RetentionAction.Remove).Select(item => item.Candidate.Key).ToHashSet(StringComparer.Ordinal);
        var kept = missing.Where(item => !expired.Contains(item.Key)).ToList();
        if (kept.Count < missing.Count)
        {
            reporter.Verbose($"{ReasonText.Count(missing.Count - kept.Count, "backup")} not copied, because the retention of {target.DisplayName} would remove them at once.");
        }

        return kept;
    }
}
