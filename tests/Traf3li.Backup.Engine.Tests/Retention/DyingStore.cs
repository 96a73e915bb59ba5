using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>A store that deletes so many objects and then does nothing more, as when its user is killed. The object of the clock does not count.</summary>
internal sealed class DyingStore(IObjectStore inner, int deletes) : IObjectStore
{
    private int _left = deletes;

    public bool IsDead { get; private set; }

    public string DisplayName => inner.DisplayName;

    public bool ReadsBackByDefault => inner.ReadsBackByDefault;

    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => inner.BeginUploadAsync(key, options, cancellationToken);

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken) => inner.OpenReadAsync(key, offset, length, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.Contains("/clock-", StringComparison.Ordinal) && _left-- <= 0)
        {
            IsDead = true;
            throw new StoreFailedException("Delete", key, "killed");
        }

        return inner.DeleteAsync(key, cancellationToken);
    }

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => inner.CheckAccessAsync(write, cancellationToken);

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) => inner.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
