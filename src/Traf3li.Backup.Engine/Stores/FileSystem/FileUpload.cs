using Microsoft.Win32.SafeHandles;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>A file being written beside its final name, with a hidden temporary one.</summary>
internal sealed class FileUpload : IObjectUpload
{
    // What is written goes to the disk while more is being made, so that the last flush has little left to wait for.
    private const long FlushInterval = 32 << 20;

    private readonly string _key;
    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly UploadOptions _options;
    private readonly TimeProvider _time;
    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private Task _flushing = Task.CompletedTask;
    private long _flushedSize;
    private long _size;
    private bool _completed;

    private FileUpload(string key, string path, string temporaryPath, UploadOptions options, TimeProvider time, FileStream file)
    {
        _key = key;
        _path = path;
        _temporaryPath = temporaryPath;
        _options = options;
        _time = time;
        _file = file;
        _handle = file.SafeFileHandle;
    }

    /// <summary>Begins the file in its final folder, which must exist. On Unix only its owner may read it: it holds a whole database.</summary>
    public static FileUpload Begin(string key, string path, UploadOptions uploadOptions, TimeProvider time)
    {
        var temporaryPath = Path.Join(Path.GetDirectoryName(path), TemporaryFileName.Create(time));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileUpload(key, path, temporaryPath, uploadOptions, time, new FileStream(temporaryPath, options));
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            _size += data.Length;
            if (_size - _flushedSize >= FlushInterval && _flushing.IsCompleted)
            {
                await _flushing.ConfigureAwait(false);
                _flushedSize = _size;
                _flushing = Task.Run(() => RandomAccess.FlushToDisk(_handle), CancellationToken.None);
            }
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            throw FileSystemErrors.Map("Write", _path, error);
        }
    }

    /// <inheritdoc />
    public async Task<StoredObject> CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _flushing.ConfigureAwait(false);
            await Task.Run(() => _file.Flush(flushToDisk: true), cancellationToken).ConfigureAwait(false);
            await _file.DisposeAsync().ConfigureAwait(false);
            var written = new FileInfo(_temporaryPath);
            if (written.Length != _size)
            {
                throw new StoreFailedException("Write", _path, $"the file has {written.Length} bytes, not the {_size} written.");
            }

            // Described before others can replace it.
            var stored = await PublishAsync(cancellationToken).ConfigureAwait(false);
            _completed = true;
            DurableFolder.Flush(Path.GetDirectoryName(_path)!);
            return stored;
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            throw FileSystemErrors.Map("Write", _path, error);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_completed)
        {
            return;
        }

        // A flush that failed has been told of already, or does not matter any more.
        await _flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _file.DisposeAsync().ConfigureAwait(false);
            File.Delete(_temporaryPath);
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            // The failure that led here is the one to report; the next run removes the file.
        }
    }

    private async Task<StoredObject> PublishAsync(CancellationToken cancellationToken)
    {
        if (_options.OnlyIfAbsent)
        {
            var created = FileVersion.Describe(_key, new FileInfo(_temporaryPath));
            return ExclusiveRename.TryMove(_temporaryPath, _path) ? created : throw new ObjectExistsException(_key);
        }

        if (_options.OnlyIfVersion is not { } version)
        {
            File.Move(_temporaryPath, _path, overwrite: true);
            return FileVersion.Describe(_key, new FileInfo(_path));
        }

        using var guard = await SwapGuard.EnterAsync(Path.GetDirectoryName(_path)!, _time, cancellationToken).ConfigureAwait(false);
        var there = new FileInfo(_path);
        if (!there.Exists || FileVersion.Of(there) != version)
        {
            throw new ObjectChangedException(_key);
        }

        FileVersion.MakeDifferent(_temporaryPath, there);
        var stored = FileVersion.Describe(_key, new FileInfo(_temporaryPath));
        File.Move(_temporaryPath, _path, overwrite: true);
        return stored;
    }
}
