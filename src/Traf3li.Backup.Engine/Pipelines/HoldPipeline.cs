using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Puts holds on backups and lifts them.</summary>
internal sealed class HoldPipeline(IObjectStore store, IEngineReporter reporter, TimeProvider time)
{
    private readonly BackupHolds _holds = new(store);

    /// <summary>Holds a backup. One that is held already keeps its hold, with a warning.</summary>
    /// <exception cref="BackupNotFoundException">There is no such backup.</exception>
    public async Task<BackupHold> ProtectAsync(string key, string reason, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(key, cancellationToken).ConfigureAwait(false) is null
            && await store.FindAsync(BackupKey.ManifestOf(key), cancellationToken).ConfigureAwait(false) is null)
        {
            throw new BackupNotFoundException(key, store.DisplayName);
        }

        var hold = new BackupHold { Key = key, Reason = reason, HeldBy = CurrentUser.Name, Date = BackupClock.Now(time) };
        try
        {
            await _holds.WriteAsync(hold, cancellationToken).ConfigureAwait(false);
            return hold;
        }
        catch (ObjectExistsException)
        {
            var existing = await _holds.FindAsync(key, cancellationToken).ConfigureAwait(false) ?? hold;
            reporter.Warning($"{key} is held already ({existing}) and stays so. Lift that hold first to give another reason.");
            return existing;
        }
    }

    /// <summary>Lifts the hold of a backup and gives it; null, with a warning, when there is none.</summary>
    public async Task<BackupHold?> UnprotectAsync(string key, CancellationToken cancellationToken)
    {
        if (await _holds.FindAsync(key, cancellationToken).ConfigureAwait(false) is not { } hold)
        {
            reporter.Warning($"{key} is not held.");
            return null;
        }

        await _holds.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        return hold;
    }
}
