using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores;

/// <summary>
/// Where backups are kept: objects under keys such as <c>backups/daily/2026/11/….archive.gz</c>. Keys use <c>/</c>, never begin with
/// one and hold no <c>.</c> or <c>..</c> part. One contract suite in the tests holds every store to what is said here.
/// </summary>
/// <remarks>
/// Every method throws a <see cref="BackupException" /> of the Store family for what a user can mend. Transient failures are retried
/// inside the store, within a budget; what comes out is final. All methods may be called from several threads at once.
/// </remarks>
internal interface IObjectStore : IAsyncDisposable
{
    /// <summary>The destination as the user wrote it, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Whether the store's own medium may lose or change bytes unseen, so that an upload is read back unless told otherwise.</summary>
    bool ReadsBackByDefault { get; }

    /// <summary>What keeps objects from being removed; null where the store has nothing of the kind.</summary>
    IObjectLocks? ObjectLocks => null;

    /// <summary>
    /// Begins an object. Nothing can be seen under <paramref name="key" /> before <see cref="IObjectUpload.CompleteAsync" /> has
    /// returned; what stood there before is replaced at once, or kept if <see cref="UploadOptions.OnlyIfAbsent" /> or
    /// <see cref="UploadOptions.OnlyIfVersion" /> says so. The latter is for small objects.
    /// </summary>
    Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken);

    /// <summary>Describes one object; null when there is none.</summary>
    Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Every object whose key begins with <paramref name="prefix" />, in ordinal order of keys. Partial objects are never listed.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>As <see cref="ListAsync(string, CancellationToken)" />, but only keys that come after <paramref name="after" /> in that order.</summary>
    async IAsyncEnumerable<StoredObject> ListAsync(string prefix, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (string.CompareOrdinal(item.Key, after) > 0)
            {
                yield return item;
            }
        }
    }

    /// <summary>
    /// Reads an object, or <paramref name="length" /> bytes of it from <paramref name="offset" />. A dropped connection is resumed where it
    /// broke; if the object was replaced meanwhile, the read fails with <see cref="StoreFailedException" />. The stream is forward only.
    /// </summary>
    /// <exception cref="BackupNotFoundException">There is no such object.</exception>
    /// <exception cref="ObjectArchivedException">It must be thawed first.</exception>
    Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>Reads a small object whole, with what describes just these bytes.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null where there is no such object; without bytes where there are more than the limit.</returns>
    /// <exception cref="ObjectArchivedException">It must be thawed first.</exception>
    Task<(StoredObject Stored, byte[]? Bytes)?> ReadWholeAsync(string key, int limit, CancellationToken cancellationToken) =>
        WholeObject.ReadAsync(this, key, limit, cancellationToken);

    /// <summary>
    /// Has the service copy an object of another store of its own under the same key, so that its bytes do not come here. What was copied is not
    /// compared with anything but its size.
    /// </summary>
    /// <param name="source">Where the object is.</param>
    /// <param name="key">The key in both stores.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="copied">Told how many bytes have just been copied.</param>
    /// <param name="cancellationToken">Ends the copy; nothing is left then but what an answer that was not waited for makes.</param>
    /// <returns>The copy; null when the two are not of one service and login, or it refuses.</returns>
    Task<StoredObject?> TryCopyAsync(IObjectStore source, string key, UploadOptions options, Action<long> copied, CancellationToken cancellationToken) =>
        Task.FromResult<StoredObject?>(null);

    /// <summary>Requests that an archived object be thawed; of one that is thawed, that it stays so for as many days from now on.</summary>
    /// <param name="item">The object, with what is known of its archive.</param>
    /// <param name="tier">How fast.</param>
    /// <param name="days">For how long it is to be readable.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when a request is on its way already.</returns>
    Task<bool> ThawAsync(StoredObject item, ThawTier tier, int days, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The store has no archive.");

    /// <summary>Deletes an object. Deleting what does not exist succeeds.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Deletes objects, in as few calls as the store allows. Deleting what does not exist succeeds.</summary>
    /// <returns>The objects that stayed, each with its reason; the others are gone.</returns>
    async Task<IReadOnlyDictionary<string, BackupException>> DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var failed = new Dictionary<string, BackupException>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            try
            {
                await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException exception) when (exception is StoreAccessDeniedException or StoreFailedException)
            {
                failed[key] = exception;
            }
        }

        return failed;
    }

    /// <summary>Whether what is deleted stays as an older version, hidden; false too where the store does not let itself be asked.</summary>
    Task<bool> KeepsVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>
    /// Whether <see cref="UploadOptions.OnlyIfVersion" /> lets only one of several writers through as far as the store can tell of itself for keys
    /// beside <paramref name="key" />. Where it does not, one can slip in between another's look and its write.
    /// </summary>
    Task<bool> SwapsAtomicallyAsync(string key, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>How the store is set up, as far as it tells. Nothing is changed.</summary>
    /// <exception cref="StoreNotFoundException">There is no such bucket. A folder that is still to be made is described by the one above it.</exception>
    Task<StoreFacts> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(new StoreFacts());

    /// <summary>Creates the store and sets it up, or says what would be done. A step that the store refuses is in the result.</summary>
    Task<IReadOnlyList<StoreStep>> PrepareAsync(StorePreparation wanted, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoreStep>>([]);

    /// <summary>Checks, without writing an object, that the destination exists and that it can be listed, read and (when asked) written.</summary>
    Task CheckAccessAsync(bool write, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what killed runs left: multipart uploads and temporary files under <paramref name="prefix" /> that were begun before
    /// <paramref name="olderThan" /> and have got nothing since. Returns how many. Complete objects are never touched.
    /// </summary>
    Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken);
}
