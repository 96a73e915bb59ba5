namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>A range of a file. What replaces the file meanwhile is not seen: the open file stays the old one.</summary>
internal sealed class FileReadStream : ForwardStream
{
    private readonly string _path;
    private readonly FileStream _file;
    private long _remaining;

    private FileReadStream(string path, FileStream file, long remaining)
    {
        _path = path;
        _file = file;
        _remaining = remaining;
    }

    /// <summary>Opens the range; what lies past the end of the file is not part of it.</summary>
    public static FileReadStream Open(string path, long offset, long? length)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
        var available = Math.Max(0, file.Length - offset);
        file.Position = Math.Min(offset, file.Length);
        return new FileReadStream(path, file, Math.Min(available, length ?? available));
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_remaining == 0 || buffer.Length == 0)
        {
            return 0;
        }

        int read;
        try
        {
            read = await _file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _remaining)], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            throw FileSystemErrors.Map("Read", _path, error);
        }

        if (read == 0)
        {
            throw new StoreFailedException("Read", _path, $"the file became shorter while it was read; {_remaining} bytes are missing.");
        }

        _remaining -= read;
        return read;
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
