using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Benchmarks;

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class NullStore : IObjectStore
{
    public string DisplayName => "nowhere";

    public bool ReadsBackByDefault => false;

    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken) => Task.FromResult<IObjectUpload>(new Upload(key));

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken) => Task.FromResult<StoredObject?>(null);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken) => throw new BackupNotFoundException(key, DisplayName);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) => Task.FromResult(0);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Upload(string key) : IObjectUpload
    {
        private long _size;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            _size += data.Length;
            return ValueTask.CompletedTask;
        }

        public Task<StoredObject> CompleteAsync(CancellationToken cancellationToken) => Task.FromResult(new StoredObject(key, _size, DateTime.UnixEpoch));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
