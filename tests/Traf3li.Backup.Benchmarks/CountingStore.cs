using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Benchmarks;

/// <summary>Counts the bytes that are asked of a store and read from it.</summary>
internal sealed class CountingStore(IObjectStore inner) : IObjectStore
{
    private long _bytesRead;

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public string DisplayName => inner.DisplayName;

    public bool ReadsBackByDefault => inner.ReadsBackByDefault;

    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => inner.BeginUploadAsync(key, options, cancellationToken);

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public async Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken) =>
        new Counter(await inner.OpenReadAsync(key, offset, length, cancellationToken), this);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => inner.CheckAccessAsync(write, cancellationToken);

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) =>
        inner.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Counter(Stream stream, CountingStore owner) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref owner._bytesRead, read);
            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
