using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// The destinations that a backup may be read from, in the order in which they are asked. Where there is only one it is used as it is, and what is
/// wrong with it shows in the use.
/// </summary>
internal sealed class BackupPlaces(IReadOnlyList<EngineSettings> places, IEngineReporter reporter, TimeProvider time)
{
    // A store is tried again for minutes; where there is another place to ask, nobody waits for that.
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a place is waited for that is not the last.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>Lists what the first place has that can be reached and has anything that was asked for.</summary>
    public async IAsyncEnumerable<BackupInfo> ListAsync(BackupQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var failures = new List<BackupException>();
        foreach (var place in places)
        {
            using var limit = LimitOf(place, cancellationToken);
            var store = await OpenAsync(place, cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var backups = new BackupCatalog(store).ListAsync(query, limit.Token).GetAsyncEnumerator(CancellationToken.None);
                await using (backups.ConfigureAwait(false))
                {
                    var known = failures.Count;
                    if (!await TryAsync(place, failures, () => backups.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
                    {
                        if (failures.Count == known)
                        {
                            failures.Add(new BackupNotFoundException(Name(query), store.DisplayName));
                        }

                        continue;
                    }

                    limit.CancelAfter(Timeout.InfiniteTimeSpan);
                    Warn(failures, $"What is listed is in {store.DisplayName}.");
                    do
                    {
                        yield return backups.Current;
                    }
                    while (await backups.MoveNextAsync().ConfigureAwait(false));
                    yield break;
                }
            }
        }

        if (failures.TrueForAll(failure => failure is not BackupNotFoundException))
        {
            throw Combine(failures, Name(query));
        }

        Warn([.. failures.Where(failure => failure is not BackupNotFoundException)], "Nowhere else is there what was asked for.");
    }

    /// <summary>Opens the first place that can be written, else the first that can be read.</summary>
    /// <exception cref="StoreUnreachableException">None of several can be reached.</exception>
    public async Task<IObjectStore> OpenWritableAsync(CancellationToken cancellationToken)
    {
        if (places.Count == 1)
        {
            return await OpenAsync(places[0], cancellationToken).ConfigureAwait(false);
        }

        var failures = new List<BackupException>();
        foreach (var place in places)
        {
            if (await TryOpenAsync(place, failures, (store, token) => store.CheckAccessAsync(write: true, token), cancellationToken).ConfigureAwait(false) is { } store)
            {
                Warn(failures, $"What this run writes goes to {store.DisplayName}.");
                return store;
            }
        }

        foreach (var (place, failure) in places.Zip(failures).Where(pair => pair.Second is StoreAccessDeniedException))
        {
            reporter.Verbose($"No destination can be written: {failure.Message}");
            return await OpenAsync(place, cancellationToken).ConfigureAwait(false);
        }

        throw Combine(failures, "");
    }

    /// <summary>Finds the first place that has a backup; the one where it was listed is asked first.</summary>
    /// <param name="backup">The backup as it was listed.</param>
    /// <param name="opened">The store of the run, used again where there is only one place.</param>
    /// <param name="mustBeWhole">Whether a manifest that cannot be read, or an object of another size, makes a place lack it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreUnreachableException">None of several can be reached.</exception>
    /// <exception cref="BackupNotFoundException">None of several has it.</exception>
    /// <exception cref="ObjectArchivedException">It must be thawed first, and nowhere else can it be read.</exception>
    public async Task<PlacedBackup> FindAsync(BackupInfo backup, IObjectStore? opened, bool mustBeWhole, CancellationToken cancellationToken)
    {
        if (places.Count == 1)
        {
            return await UseAsync(new PlacedBackup(backup, opened ?? await OpenAsync(places[0], cancellationToken).ConfigureAwait(false), IsOwn: opened is null, []), cancellationToken).ConfigureAwait(false);
        }

        var failures = new List<BackupException>();
        var ordered = Order(backup);
        foreach (var place in ordered)
        {
            var found = backup;
            async Task LookAsync(IObjectStore store, CancellationToken token) => found = await LookAtAsync(store, backup, mustBeWhole, token).ConfigureAwait(false);
            if (await TryOpenAsync(place, failures, LookAsync, cancellationToken).ConfigureAwait(false) is { } store)
            {
                Warn(failures, $"{backup.Key} is read from {store.DisplayName}.");
                return new PlacedBackup(found, store, IsOwn: true, [.. ordered.Skip(failures.Count + 1).Select(other => other.Destination.DisplayName)]);
            }
        }

        throw Combine(failures, backup.Key);
    }

    /// <summary>Finds the first place where a backup is archived, one where it is being thawed before others; null when it can be read somewhere.</summary>
    /// <param name="backup">The backup as it was listed.</param>
    /// <param name="mustBeWhole">As of <see cref="FindAsync" />.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<PlacedBackup?> FindArchivedAsync(BackupInfo backup, bool mustBeWhole, CancellationToken cancellationToken)
    {
        var failures = new List<BackupException>();
        var ordered = Order(backup);
        foreach (var place in ordered)
        {
            Task LookAsync(IObjectStore store, CancellationToken token) => places.Count == 1 ? ArchivedObjects.RequireReadableAsync(store, backup, token) : LookAtAsync(store, backup, mustBeWhole, token);
            if (await TryOpenAsync(place, failures, LookAsync, cancellationToken).ConfigureAwait(false) is { } store)
            {
                await store.DisposeAsync().ConfigureAwait(false);
                return null;
            }
        }

        var archived = ordered.Zip(failures).Where(pair => pair.Second is ObjectArchivedException).ToList();
        if (archived.Count == 0)
        {
            throw places.Count == 1 ? failures[0] : Combine(failures, backup.Key);
        }

        var (best, _) = archived.Find(pair => pair.Second is ObjectArchivedException { IsThawing: true }) is { First: not null } thawing ? thawing : archived[0];
        return new PlacedBackup(backup, await OpenAsync(best, cancellationToken).ConfigureAwait(false), IsOwn: true, []);
    }

    private static async Task<PlacedBackup> UseAsync(PlacedBackup only, CancellationToken cancellationToken)
    {
        try
        {
            await ArchivedObjects.RequireReadableAsync(only.Store!, only.Backup, cancellationToken).ConfigureAwait(false);
            return only;
        }
        catch
        {
            await only.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<BackupInfo> LookAtAsync(IObjectStore store, BackupInfo backup, bool mustBeWhole, CancellationToken cancellationToken)
    {
        await ArchivedObjects.RequireReadableAsync(store, backup, cancellationToken).ConfigureAwait(false);
        if (!mustBeWhole)
        {
            return await store.FindAsync(BackupKey.ManifestOf(backup.Key), cancellationToken).ConfigureAwait(false) is null
                && await store.FindAsync(backup.Key, cancellationToken).ConfigureAwait(false) is null
                ? throw new BackupNotFoundException(backup.Key, store.DisplayName)
                : backup;
        }

        var there = await CopySource.ReadAsync(store, backup.Key, cancellationToken).ConfigureAwait(false);
        if (backup.Manifest is { } known && (there.Manifest is null || !ManifestSerializer.Serialize(known).AsSpan().SequenceEqual(ManifestSerializer.Serialize(there.Manifest))))
        {
            throw new ManifestCorruptException(BackupKey.ManifestOf(backup.Key), $"in {store.DisplayName} it is not that of the backup which was listed.");
        }

        foreach (var item in there.Object)
        {
            var stream = await store.OpenReadAsync(item.Key, 0, 1, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            }
        }

        return await new BackupCatalog(store).GetAsync(backup.Key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IObjectStore?> TryOpenAsync(
        EngineSettings place, List<BackupException> failures, Func<IObjectStore, CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        var store = await OpenAsync(place, cancellationToken).ConfigureAwait(false);
        var isGood = false;
        try
        {
            using var limit = LimitOf(place, cancellationToken);
            isGood = await TryAsync(place, failures, () => CheckAsync(limit.Token), cancellationToken).ConfigureAwait(false);
            return isGood ? store : null;
        }
        finally
        {
            if (!isGood)
            {
                await store.DisposeAsync().ConfigureAwait(false);
            }
        }

        async Task<bool> CheckAsync(CancellationToken token)
        {
            await check(store, token).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<bool> TryAsync(EngineSettings place, List<BackupException> failures, Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (BackupException exception)
        {
            failures.Add(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            failures.Add(new StoreUnreachableException(place.Destination.DisplayName, $"it did not answer within {Patience.TotalSeconds:0} seconds.", exception));
        }

        return false;
    }

    // The last one has all the time there is.
    private CancellationTokenSource LimitOf(EngineSettings place, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!ReferenceEquals(place, places[^1]))
        {
            limit.CancelAfter(Patience);
        }

        return limit;
    }

    private void Warn(List<BackupException> failures, string what)
    {
        if (failures.Count > 0)
        {
            reporter.Warning($"{string.Join(" ", failures.Select(failure => failure.Message))} {what}");
        }
    }

    private BackupException Combine(List<BackupException> failures, string key)
    {
        var names = string.Join(" or ", places.Select(place => place.Destination.DisplayName));
        var reasons = string.Join(" ", failures.Select(failure => failure.Message));
        if (failures.Find(failure => failure is ObjectArchivedException) is { } archived)
        {
            // What can be done about it comes before what others lack.
            archived.Recommend($"Of the others none can be read now: {string.Join(" ", failures.Where(failure => failure != archived).Select(failure => failure.Message))}");
            return archived;
        }

        return failures.TrueForAll(failure => failure is StoreUnreachableException or StoreNotFoundException)
            ? new StoreUnreachableException(names, reasons, failures[0])
            : new BackupNotFoundException(key, $"{names} that can be read ({reasons})", failures[0]);
    }

    private List<EngineSettings> Order(BackupInfo backup) => [.. places.OrderBy(place => place.Destination.DisplayName != backup.Destination)];

    private static string Name(BackupQuery query) => query.Key.Count > 0 ? string.Join(", ", query.Key) : "that was asked for";

    private Task<IObjectStore> OpenAsync(EngineSettings place, CancellationToken cancellationToken) =>
        StoreFactory.OpenAsync(place.Destination, place, reporter, time, cancellationToken);
}
