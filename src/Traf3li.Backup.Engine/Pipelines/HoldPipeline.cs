using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Puts holds on backups and lifts them; where the bucket has Object Lock, the bucket is made to hold them too.</summary>
internal sealed class HoldPipeline(IObjectStore store, IEngineReporter reporter, TimeProvider time)
{
    private readonly BackupHolds _holds = new(store);

    /// <summary>Holds a backup. One that is held already keeps its hold, with a warning; what its bucket has not locked of it is tried again.</summary>
    /// <param name="key">The backup.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">When the hold ends by itself, UTC; null for never.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupNotFoundException">There is no such backup.</exception>
    public async Task<BackupHold> ProtectAsync(string key, string reason, DateTime? until, CancellationToken cancellationToken)
    {
        // A hold of anything else, such as a manifest or a shard, would hold nothing.
        if (BackupKey.TryParse(key) is null
            || (await store.FindAsync(key, cancellationToken).ConfigureAwait(false) is null
                && await store.FindAsync(BackupKey.ManifestOf(key), cancellationToken).ConfigureAwait(false) is null))
        {
            throw new BackupNotFoundException(key, store.DisplayName);
        }

        var now = BackupClock.Now(time);
        if (until <= now)
        {
            throw new ConfigurationInvalidException("Until", "a hold cannot end before it begins.", "Give a time that is still to come.");
        }

        var locks = await HoldLocks.OpenAsync(store, key, reporter, now, cancellationToken).ConfigureAwait(false);
        var hold = await WriteAsync(new BackupHold { Key = key, Reason = reason, HeldBy = CurrentUser.Name, Date = now, Until = until }, locks, cancellationToken).ConfigureAwait(false);
        if (locks is not null)
        {
            await locks.SetAsync(hold, cancellationToken).ConfigureAwait(false);
        }

        return hold;
    }

    /// <summary>Lifts the hold of a backup and gives it; null, with a warning, when there is none. What else keeps the backup in its bucket is a warning too.</summary>
    /// <exception cref="StoreAccessDeniedException">What the bucket was asked for may not be lifted; the hold stands as it was.</exception>
    public async Task<BackupHold?> UnprotectAsync(string key, CancellationToken cancellationToken)
    {
        if (await _holds.FindAsync(key, cancellationToken).ConfigureAwait(false) is not { } hold)
        {
            reporter.Warning($"{key} is not held.");
            return null;
        }

        var locks = await HoldLocks.OpenAsync(store, key, reporter, BackupClock.Now(time), cancellationToken).ConfigureAwait(false);
        if (locks is not null)
        {
            await locks.LiftAsync(hold, cancellationToken).ConfigureAwait(false);
        }

        await _holds.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        if (locks is not null && await locks.RemainsAsync(cancellationToken).ConfigureAwait(false) is { } remains)
        {
            reporter.Warning($"{key} is not held any more, but in its bucket still {remains}.");
        }

        return hold;
    }

    // A hold that is over stands for nothing, and gives way.
    private async Task<BackupHold> WriteAsync(BackupHold hold, HoldLocks? locks, CancellationToken cancellationToken)
    {
        if (await _holds.FindAsync(hold.Key, cancellationToken).ConfigureAwait(false) is { } present)
        {
            if (!(present.Until <= hold.Date))
            {
                return Stays(present);
            }

            await _holds.DeleteAsync(hold.Key, cancellationToken).ConfigureAwait(false);
        }

        var planned = locks is null ? hold : await locks.PlanAsync(hold, cancellationToken).ConfigureAwait(false);
        try
        {
            await _holds.WriteAsync(planned, cancellationToken).ConfigureAwait(false);
            return planned;
        }
        catch (ObjectExistsException)
        {
            return Stays(await _holds.FindAsync(hold.Key, cancellationToken).ConfigureAwait(false) ?? planned);
        }
    }

    private BackupHold Stays(BackupHold present)
    {
        reporter.Warning($"{present.Key} is held already ({present}) and stays so. Lift that hold first to give another reason.");
        return present;
    }
}
