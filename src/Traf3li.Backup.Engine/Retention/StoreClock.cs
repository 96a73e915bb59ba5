using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Compares the store's clock with that of this machine: the store dates a small object that is written for it.</summary>
internal static class StoreClock
{
    /// <summary>The store's time less this machine's, to a second or so.</summary>
    public static async Task<TimeSpan> MeasureAsync(IObjectStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = $"{RemovalJournal.Folder}clock-{Guid.NewGuid():N}";
        await store.WriteAsync(key, "clock"u8.ToArray(), new UploadOptions(), cancellationToken).ConfigureAwait(false);

        var now = time.GetUtcNow().UtcDateTime;
        var stored = await store.FindAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(key, store.DisplayName);
        await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        return stored.LastModified - now;
    }
}
