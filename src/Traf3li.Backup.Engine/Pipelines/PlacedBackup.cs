using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>A backup and the store that it is read from.</summary>
/// <param name="Backup">The backup as it is described there.</param>
/// <param name="Store">The store; null for a file.</param>
/// <param name="IsOwn">Whether the store was opened for it and is to be closed with it.</param>
/// <param name="Others">The names of other places that may have it too.</param>
internal sealed record PlacedBackup(BackupInfo Backup, IObjectStore? Store, bool IsOwn, IReadOnlyList<string> Others) : IAsyncDisposable
{
    /// <summary>Runs what reads it. A failure that may lie in what is stored there names the other places.</summary>
    public async Task<T> ReadAsync<T>(Func<PlacedBackup, Task<T>> work)
    {
        try
        {
            return await work(this).ConfigureAwait(false);
        }
        catch (BackupException exception) when (Others.Count > 0 && IsDamage(exception))
        {
            exception.Recommend($"Another copy may be whole: it is in {string.Join(" and in ", Others)}; name it with -Destination.");
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => IsOwn && Store is { } store ? store.DisposeAsync() : ValueTask.CompletedTask;

    private static bool IsDamage(BackupException exception) =>
        exception is ChecksumMismatchException or ArchiveCorruptException or RdbCorruptException or ManifestCorruptException or BackupNotFoundException
            or StoreFailedException or StoreUnreachableException or ObjectArchivedException
        || (exception is RestoreFailedException && exception.InnerException is BackupException inner && IsDamage(inner));
}
