using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Reads a gzip file of any number of members as <c>gunzip</c> does, and unlike .NET's GZipStream takes neither a truncated file nor bytes
/// behind the last member for its end.
/// </summary>
/// <remarks>
/// .NET's inflater does not tell where in its input a member's data ended. The checksum and length that must follow, known once the data
/// are decompressed, are looked for in the last bytes it was given.
/// </remarks>
internal sealed class GzipMembersStream(Stream stream, string name) : ReadOnlyStream
{
    private const int LongestHeader = 128 << 10;
    private readonly RecentBytes _input = new(stream);
    private readonly Crc32 _crc = new();
    private DeflateStream? _member;
    private long _memberLength;
    private long _total;
    private bool _ended;

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && buffer.Length > 0)
        {
            if (_member is null && !await OpenMemberAsync(cancellationToken).ConfigureAwait(false))
            {
                _ended = true;
                break;
            }

            var read = await InflateAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                _crc.Append(buffer.Span[..read]);
                _memberLength += read;
                _total += read;
                return read;
            }

            await CloseMemberAsync(cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _member?.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<int> InflateAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _member!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw Corrupt($"the gzip data are damaged near compressed byte {_input.Given}.", error);
        }
    }

    private async ValueTask<bool> OpenMemberAsync(CancellationToken cancellationToken)
    {
        var size = 0;
        for (var want = 10; size == 0; want *= 2)
        {
            var bytes = await _input.PeekAsync(want, cancellationToken).ConfigureAwait(false);
            if (bytes.IsEmpty)
            {
                return false;
            }

            size = GzipMember.MeasureHeader(bytes.Span);
            if (size < 0 || want > LongestHeader)
            {
                throw Corrupt(_input.Given == 0 ? "it is no gzip file." : $"bytes that are no gzip member follow at compressed byte {_input.Given}.");
            }

            if (size == 0 && bytes.Length < want)
            {
                throw Corrupt($"it is cut off at compressed byte {_input.Given + bytes.Length}.");
            }
        }

        _input.Skip(size);
        _input.Forget();
        _member = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
        _crc.Reset();
        _memberLength = 0;
        return true;
    }

    private async ValueTask CloseMemberAsync(CancellationToken cancellationToken)
    {
        await _member!.DisposeAsync().ConfigureAwait(false);
        _member = null;
        var following = await _input.PeekAsync(GzipMember.TrailerSize + 2, cancellationToken).ConfigureAwait(false);
        var trailer = GzipMember.Trailer(_crc.GetCurrentHashAsUInt32(), _memberLength);
        if (FindTrailer(_input.Recent, following.Span, trailer) is not { } after)
        {
            throw Corrupt(following.IsEmpty
                ? $"it is cut off at compressed byte {_input.Given}, or its checksum does not match."
                : $"the gzip checksum does not match near compressed byte {_input.Given}.");
        }

        if (after <= _input.Recent.Length)
        {
            _input.Rewind(after);
        }
        else
        {
            _input.Skip(after - _input.Recent.Length);
        }
    }

    /// <summary>Where the trailer ends, counted from the first recent byte: followed by a member or by nothing, else the last one found.</summary>
    private static int? FindTrailer(ReadOnlySpan<byte> recent, ReadOnlySpan<byte> following, ulong trailer)
    {
        var bytes = new byte[recent.Length + following.Length];
        recent.CopyTo(bytes);
        following.CopyTo(bytes.AsSpan(recent.Length));
        Span<byte> wanted = stackalloc byte[GzipMember.TrailerSize];
        BinaryPrimitives.WriteUInt64LittleEndian(wanted, trailer);
        int? found = null;
        for (var from = 0; from + wanted.Length <= bytes.Length;)
        {
            var at = bytes.AsSpan(from).IndexOf(wanted);
            if (at < 0)
            {
                break;
            }

            found = from + at + wanted.Length;
            if (GzipMember.IsMagic(bytes.AsSpan(found.Value)) && found.Value < bytes.Length)
            {
                return found;
            }

            from += at + 1;
        }

        return found;
    }

    private ArchiveCorruptException Corrupt(string reason, Exception? inner = null) => new(name, _total, reason, inner);
}
