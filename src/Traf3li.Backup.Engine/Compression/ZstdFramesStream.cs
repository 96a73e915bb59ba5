using Traf3li.Backup.Engine.Streams;
using ZstdSharp.Unsafe;
using ZstdSharp;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Reads a zstd file of any number of frames; a truncated file and bytes that are no frame are errors.</summary>
internal sealed class ZstdFramesStream : ReadOnlyStream
{
    // 32 MiB of history: more than any level of zstd uses unless --ultra or --long is given.
    private const int MaxWindowLog = 25;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly DecompressionStream _frames;
    private long _total;

    /// <summary>Begins at the file's first byte.</summary>
    public ZstdFramesStream(Stream stream, string name)
    {
        _stream = stream;
        _name = name;
        _frames = new DecompressionStream(stream, leaveOpen: true);
        _frames.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await _frames.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _total += read;
            return read;
        }
        catch (ZstdException error)
        {
            throw new ArchiveCorruptException(_name, _total, $"the zstd data are damaged or need more memory than {1 << (MaxWindowLog - 20)} MiB: {error.Message}.", error);
        }
        catch (EndOfStreamException error)
        {
            throw new ArchiveCorruptException(_name, _total, "it is cut off inside a zstd frame.", error);
        }
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _frames.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
