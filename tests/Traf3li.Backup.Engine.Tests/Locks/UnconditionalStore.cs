using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Tests.Locks;

/// <summary>A store that overwrites whatever the condition.</summary>
internal sealed class UnconditionalStore(IObjectStore inner) : IObjectStore
{
    public string DisplayName => inner.DisplayName;

    public bool ReadsBackByDefault => inner.ReadsBackByDefault;

    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => inner.BeginUploadAsync(key, new UploadOptions(), cancellationToken);

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken) => inner.OpenReadAsync(key, offset, length, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => inner.CheckAccessAsync(write, cancellationToken);

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) => inner.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
