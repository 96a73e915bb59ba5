using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>
/// Keeps captured oplog entries until the data is in the archive, since the oplog stands last there: in memory while they are few, then in a
/// temporary file that only this user can read and that is gone with the process.
/// </summary>
/// <param name="memoryLimit">Entries up to this many bytes stay in memory.</param>
internal sealed class OplogSpool(int memoryLimit = OplogSpool.MemoryLimit) : IAsyncDisposable
{
    /// <summary>How many bytes stay in memory where nothing else is said.</summary>
    public const int MemoryLimit = 16 << 20;

    private readonly MemoryStream _memory = new();
    private FileStream? _file;

    /// <summary>Bytes kept.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes kept in memory.</summary>
    public long MemoryLength => _memory.Length;

    /// <summary>Appends whole entries.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> entries, CancellationToken cancellationToken)
    {
        if (_file is null && _memory.Length + entries.Length > memoryLimit)
        {
            _file = CreateFile();
            _memory.Position = 0;
            await _memory.CopyToAsync(_file, cancellationToken).ConfigureAwait(false);
            _memory.SetLength(0);
            _memory.Capacity = 0;
        }

        if (_file is null)
        {
            _memory.Write(entries.Span);
        }
        else
        {
            await WriteAsync(_file, entries, cancellationToken).ConfigureAwait(false);
        }

        Length += entries.Length;
    }

    /// <summary>Reads all entries from the first, one at a time, into a buffer that is used again. Nothing may be appended any more.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = _file is null ? (Stream)_memory : _file;
        stream.Position = 0;
        var reader = new BufferedStream(stream, 1 << 20);
        var buffer = new byte[64 << 10];
        for (var left = Length; left > 0;)
        {
            await reader.ReadExactlyAsync(buffer.AsMemory(0, 4), cancellationToken).ConfigureAwait(false);
            if (!RawBson.TryReadLength(buffer.AsSpan(0, 4), out var length) || length > left)
            {
                throw new InvalidDataException("the temporary file of the captured oplog is damaged.");
            }

            if (length > buffer.Length)
            {
                var larger = new byte[Math.Max(length, buffer.Length * 2)];
                buffer.AsSpan(0, 4).CopyTo(larger);
                buffer = larger;
            }

            await reader.ReadExactlyAsync(buffer.AsMemory(4, length - 4), cancellationToken).ConfigureAwait(false);
            left -= length;
            yield return buffer.AsMemory(0, length);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync().ConfigureAwait(false);
        if (_file is not null)
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static FileStream CreateFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var path = Path.Combine(Path.GetTempPath(), $"traf3li-oplog-{Guid.NewGuid():n}");
        FileStream file;
        try
        {
            file = new FileStream(path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DiskFullException(Path.GetTempPath(), exception.Message, exception);
        }

        if (!OperatingSystem.IsWindows())
        {
            // Without a name it is gone even when this process is killed; Windows does that by itself for DeleteOnClose.
            File.Delete(path);
        }

        return file;
    }

    private static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> entries, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(entries, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new DiskFullException(Path.GetTempPath(), exception.Message, exception);
        }
    }
}
