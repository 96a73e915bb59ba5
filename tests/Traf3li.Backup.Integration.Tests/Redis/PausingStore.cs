using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>A store whose RDBs stop soon after their beginning, once, until a test has done something. It counts how often they are opened.</summary>
internal sealed class PausingStore(IObjectStore inner, Func<CancellationToken, Task>? pause = null) : IObjectStore
{
    private Func<CancellationToken, Task>? _pause = pause;

    public int Opened { get; private set; }

    public string DisplayName => inner.DisplayName;

    public bool ReadsBackByDefault => inner.ReadsBackByDefault;

    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => inner.BeginUploadAsync(key, options, cancellationToken);

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public async Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        var stream = await inner.OpenReadAsync(key, offset, length, cancellationToken);
        if (!key.EndsWith(".rdb.gz", StringComparison.Ordinal))
        {
            return stream;
        }

        Opened++;
        return new PausingStream(stream, at: 100, Interlocked.Exchange(ref _pause, null));
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => inner.CheckAccessAsync(write, cancellationToken);

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) =>
        inner.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
