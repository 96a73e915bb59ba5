namespace Traf3li.Backup.Engine.Stores;

/// <summary>An object being written, front to back, by one caller. Disposing it before it was completed leaves no trace.</summary>
internal interface IObjectUpload : IAsyncDisposable
{
    /// <summary>Appends bytes. Returns when the store has copied or stored them, so the caller may use the memory again.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the object visible, durably, after the store confirmed its size and its checksum of what arrived, where it has one.
    /// </summary>
    /// <exception cref="ObjectExistsException"><see cref="UploadOptions.OnlyIfAbsent" /> was set and the key is taken.</exception>
    /// <exception cref="ObjectChangedException"><see cref="UploadOptions.OnlyIfVersion" /> was set and the key holds another version, or nothing.</exception>
    Task<StoredObject> CompleteAsync(CancellationToken cancellationToken);
}
