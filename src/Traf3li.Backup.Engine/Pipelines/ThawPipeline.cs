using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Has a backup thawed: all objects that it consists of, so that they can be read at the same time.</summary>
internal sealed class ThawPipeline(IObjectStore store, TimeProvider time)
{
    /// <summary>Says what would be requested. Null when all can be read.</summary>
    /// <exception cref="ConfigurationInvalidException">A storage class does not have the tier.</exception>
    public Task<ThawResult?> PlanAsync(ThawOptions options, CancellationToken cancellationToken) => RunAsync(options, isPlan: true, cancellationToken);

    /// <summary>Requests the thaw of what is not on its way. What is thawed already stays so for as long as the rest. Null when all can be read.</summary>
    /// <exception cref="ConfigurationInvalidException">A storage class does not have the tier; nothing was requested.</exception>
    public Task<ThawResult?> RunAsync(ThawOptions options, CancellationToken cancellationToken) => RunAsync(options, isPlan: false, cancellationToken);

    private async Task<ThawResult?> RunAsync(ThawOptions options, bool isPlan, CancellationToken cancellationToken)
    {
        var archived = await ArchivedObjects.FindAsync(store, options.Backup, cancellationToken).ConfigureAwait(false);
        var waiting = archived.Where(item => !item.Archive!.CanBeRead).ToList();
        if (waiting.Count == 0)
        {
            return null;
        }

        var asked = waiting.FindAll(item => item.Archive!.Status == ThawStatus.Archived);
        var times = asked.ConvertAll(item => Longest(options, item));
        if (asked.Count == 0 || isPlan)
        {
            return Describe(options, waiting, times, isPlan && asked.Count > 0 ? ThawStatus.Archived : ThawStatus.InProgress);
        }

        var requested = 0;
        foreach (var item in asked.Concat(archived.Where(item => item.Archive!.CanBeRead)))
        {
            requested += await store.ThawAsync(item, options.Tier, options.Days, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return requested > 0 ? Describe(options, waiting, times, ThawStatus.Requested) : Describe(options, waiting, [], ThawStatus.InProgress);
    }

    private static TimeSpan Longest(ThawOptions options, StoredObject item) => ThawTimes.Longest(item.Archive!.StorageClass, options.Tier)
        ?? throw new ConfigurationInvalidException(
            "ThawTier",
            $"{options.Tier} is not offered for {item.Archive.StorageClass}, in which {item.Key} lies.",
            $"Give -ThawTier Standard or Bulk: {ThawTimes.Describe(item.Archive.StorageClass)}.");

    private ThawResult Describe(ThawOptions options, List<StoredObject> waiting, List<TimeSpan> asked, ThawStatus status)
    {
        // Nobody tells by which tier a request was made that is on its way.
        var others = waiting.Where(item => item.Archive!.Status == ThawStatus.InProgress || asked.Count == 0).Select(item => Longest(item, ThawTier.Bulk));
        return new ThawResult
        {
            Key = options.Backup.Key,
            Destination = store.DisplayName,
            Status = status,
            StorageClass = waiting.MaxBy(item => Longest(item, ThawTier.Bulk))!.Archive!.StorageClass,
            Tier = options.Tier,
            Days = options.Days,
            ObjectCount = waiting.Count,
            Size = waiting.Sum(item => item.Size),
            ReadyBy = BackupClock.Now(time) + asked.Concat(others).Max(),
        };
    }

    private static TimeSpan Longest(StoredObject item, ThawTier tier) => ThawTimes.Longest(item.Archive!.StorageClass, tier) ?? TimeSpan.Zero;
}
