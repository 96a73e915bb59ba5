using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Locks;

/// <summary>Reads and writes the object of a lock, <c>backups/.locks/{name}.json</c>.</summary>
internal sealed class LockObject(IObjectStore store, string name)
{
    /// <summary>The folder of locks.</summary>
    public const string Folder = BackupKey.Root + ".locks/";

    /// <summary>No version of any object.</summary>
    public const string NoVersion = "0";

    /// <summary>The key.</summary>
    public string Key { get; } = $"{Folder}{name}.json";

    /// <summary>What is there; the text is null when it cannot be understood.</summary>
    public async Task<(StoredObject Stored, LockText? Text)?> ReadAsync(CancellationToken cancellationToken) =>
        await store.ReadWholeAsync(Key, LockText.MaxSize, cancellationToken).ConfigureAwait(false) is var (stored, bytes) ? (stored, bytes is null ? null : LockText.TryParse(bytes)) : null;

    /// <summary>Whether somebody holds the lock.</summary>
    /// <param name="now">The store's time, UTC.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> IsHeldAsync(DateTime now, CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken).ConfigureAwait(false) is var (stored, text)
        && text is not { IsReleased: true }
        && now <= stored.LastModified + (text is null ? new LockOptions().Lease : TimeSpan.FromSeconds(text.LeaseSeconds));

    /// <summary>Writes a text if what is there is of a version; null means that nothing is there.</summary>
    /// <exception cref="ObjectExistsException">Something is there.</exception>
    /// <exception cref="ObjectChangedException">It has another version.</exception>
    public Task<StoredObject> WriteAsync(LockText text, string? version, CancellationToken cancellationToken) =>
        WriteAsync(text, new UploadOptions { OnlyIfAbsent = version is null, OnlyIfVersion = version, ContentType = "application/json" }, cancellationToken);

    /// <summary>Writes a text whatever is there, in a store whose conditions are of no use.</summary>
    public Task<StoredObject> OverwriteAsync(LockText text, CancellationToken cancellationToken) =>
        WriteAsync(text, new UploadOptions { ContentType = "application/json" }, cancellationToken);

    /// <summary>Whether the store lets a write pass whose condition does not hold; the text is then written.</summary>
    public async Task<bool> IgnoresConditionsAsync(LockText text, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(text, NoVersion, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ObjectChangedException)
        {
            return !await store.SwapsAtomicallyAsync(Key, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<StoredObject> WriteAsync(LockText text, UploadOptions options, CancellationToken cancellationToken) =>
        store.WriteAsync(Key, text.ToBytes(), options, cancellationToken);
}
