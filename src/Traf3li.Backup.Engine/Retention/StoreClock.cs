using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Compares the store's clock with that of this machine: the store dates a small object that is written for it.</summary>
internal static class StoreClock
{
    /// <summary>The store's time less this machine's, to a second or so.</summary>
    public static Task<TimeSpan> MeasureAsync(IObjectStore store, TimeProvider time, CancellationToken cancellationToken) =>
        MeasureAsync(store, RemovalJournal.Folder, time, cancellationToken);

    /// <summary>The store's time less this machine's, to a second or so.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The folder of the object that is written and deleted: not everyone may write into each.</param>
    /// <param name="time">This machine's clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<TimeSpan> MeasureAsync(IObjectStore store, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = $"{folder}clock-{Guid.NewGuid():N}";
        await store.WriteAsync(key, "clock"u8.ToArray(), new UploadOptions(), cancellationToken).ConfigureAwait(false);

        var now = time.GetUtcNow().UtcDateTime;
        var stored = await store.FindAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(key, store.DisplayName);
        await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        return stored.LastModified - now;
    }
}
