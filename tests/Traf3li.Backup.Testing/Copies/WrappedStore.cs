using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Copies;

/// <summary>A store whose answers a test may change. What it does not change, the inner store gives.</summary>
internal class WrappedStore(IObjectStore inner) : IObjectStore
{
    public string DisplayName => inner.DisplayName;

    public bool ReadsBackByDefault => inner.ReadsBackByDefault;

    public virtual IObjectLocks? ObjectLocks => inner.ObjectLocks;

    protected IObjectStore Inner => inner;

    public virtual Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => inner.BeginUploadAsync(key, options, cancellationToken);

    public virtual Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public virtual IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public virtual Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken) => inner.OpenReadAsync(key, offset, length, cancellationToken);

    public virtual Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => inner.CheckAccessAsync(write, cancellationToken);

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) => inner.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
