namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Puts bytes aside until their number is known: the first in memory, all beyond in a temporary file that the system deletes when it is closed.
/// </summary>
internal sealed class SpillStream : Stream
{
    private const int MostInMemory = 1 << 20;
    private const int PieceSize = 128 << 10;

    private byte[] _memory = new byte[256];
    private int _used;
    private FileStream? _file;
    private long _inFile;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => _used + _inFile;

    /// <inheritdoc />
    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Begins anew; the file is emptied.</summary>
    public void Clear()
    {
        _used = 0;
        if (_inFile > 0)
        {
            _inFile = 0;
            _file!.SetLength(0);
        }
    }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_inFile == 0 && buffer.Length <= MostInMemory - _used)
        {
            if (_memory.Length - _used < buffer.Length)
            {
                Array.Resize(ref _memory, Math.Max(_used + buffer.Length, Math.Min(2 * _memory.Length, MostInMemory)));
            }

            buffer.CopyTo(_memory.AsSpan(_used));
            _used += buffer.Length;
            return;
        }

        _file ??= Create();
        _file.Write(buffer);
        _inFile += buffer.Length;
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Gives what was written, in pieces.</summary>
    public void CopyTo(SpillPiece piece)
    {
        var buffer = new byte[(int)Math.Min(PieceSize, Length)];
        for (var position = 0L; position < Length;)
        {
            var count = (int)Math.Min(buffer.Length, Length - position);
            ReadAt(position, buffer.AsSpan(0, count));
            piece(buffer.AsSpan(0, count));
            position += count;
        }
    }

    /// <summary>Reads what was written at a position.</summary>
    public void ReadAt(long position, Span<byte> bytes)
    {
        if (position < _used)
        {
            var inMemory = (int)Math.Min(bytes.Length, _used - position);
            _memory.AsSpan((int)position, inMemory).CopyTo(bytes);
            bytes = bytes[inMemory..];
            position += inMemory;
        }

        if (!bytes.IsEmpty)
        {
            _file!.Position = position - _used;
            _file.ReadExactly(bytes);
            _file.Position = _inFile;
        }
    }

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = PieceSize,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Join(Path.GetTempPath(), $"traf3li-{Guid.NewGuid():N}.tmp"), options);
    }
}
