using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// Reads RESP2 (redis.io/docs/latest/develop/reference/protocol-spec) from a stream through one buffer of fixed size. What a peer claims
/// is never believed: lengths are bounded, and memory grows only with bytes that have arrived.
/// </summary>
internal sealed class RespReader(Stream stream, int bufferSize)
{
    /// <summary>The longest status, error or header line taken, bytes.</summary>
    public const int LongestLine = 8 << 10;

    private const int MostDepth = 8;
    private const int CostOfValue = 64;

    private readonly byte[] _buffer = new byte[bufferSize];
    private int _start;
    private int _end;

    /// <summary>What has arrived and was not yet taken.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Called whenever bytes have come.</summary>
    public Action? Filled { get; set; }

    /// <summary>Takes bytes out of <see cref="Buffered" />.</summary>
    public void Advance(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Waits for more bytes behind <see cref="Buffered" />, which must not fill the buffer.</summary>
    /// <returns>How many came; 0 at the end of the stream.</returns>
    public async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0 && _end > _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        Filled?.Invoke();
        return read;
    }

    /// <summary>Reads bytes, past the buffer where it is empty.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var count = Math.Min(_end - _start, destination.Length);
        if (count == 0)
        {
            return stream.ReadAsync(destination, cancellationToken);
        }

        Buffered[..count].CopyTo(destination.Span);
        Advance(count);
        return ValueTask.FromResult(count);
    }

    /// <summary>Reads a line and takes its end (LF, with or without CR) off.</summary>
    /// <exception cref="RespException">It is longer than <see cref="LongestLine" />, or the stream ends.</exception>
    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = Buffered[searched..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Buffered[..(searched + end)];
                var text = Encoding.UTF8.GetString(line.EndsWith("\r"u8) ? line[..^1] : line);
                Advance(searched + end + 1);
                return text;
            }

            searched = Buffered.Length;
            if (searched > LongestLine)
            {
                throw new RespException($"it sent a line of more than {LongestLine} bytes, which no Redis server does");
            }

            if (await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw RespException.Closed();
            }
        }
    }

    /// <summary>Takes a reply that is there and is one of the usual ones, <c>+OK</c> or a number of one digit, without allocating.</summary>
    public bool TryTakeUsual([NotNullWhen(true)] out RespValue? value)
    {
        var buffered = Buffered;
        if (buffered.StartsWith("+OK\r\n"u8))
        {
            value = RespValue.Ok;
            Advance(5);
            return true;
        }

        if (buffered is [(byte)':', >= (byte)'0' and <= (byte)'9', (byte)'\r', (byte)'\n', ..])
        {
            value = RespValue.OfDigit(buffered[1] - '0');
            Advance(4);
            return true;
        }

        value = null;
        return false;
    }

    /// <summary>Reads one reply.</summary>
    /// <param name="largest">The most bytes that it may take, values of arrays counted with 64 bytes each.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RespException">It is no RESP2, too large, or the stream ends.</exception>
    public async ValueTask<RespValue> ReadValueAsync(int largest, CancellationToken cancellationToken)
    {
        var (value, _) = await ReadValueAsync(largest, omits: false, 0, cancellationToken).ConfigureAwait(false);
        return value;
    }

    /// <summary>Reads one reply; strings that do not fit are passed over and come as <see cref="RespKind.Omitted" />.</summary>
    /// <param name="left">The most bytes that it may take, values of arrays counted with 64 bytes each.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply, and what is left of <paramref name="left" />.</returns>
    /// <exception cref="RespException">It is no RESP2, has too many values, or the stream ends.</exception>
    public ValueTask<(RespValue Value, int Left)> ReadFittingAsync(int left, CancellationToken cancellationToken) =>
        ReadValueAsync(left, omits: true, 0, cancellationToken);

    /// <summary>Reads a reply that is one string, and hands it on in pieces of at most the buffer's size.</summary>
    /// <returns>The reply: a string as <see cref="RespKind.Omitted" /> with its length, or nil or an error.</returns>
    /// <exception cref="RespException">It is no RESP2, or another kind of reply, or the stream ends.</exception>
    public async ValueTask<RespValue> CopyBulkAsync(Func<ReadOnlyMemory<byte>, ValueTask> handOn, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        switch (line.Length > 0 ? line[0] : '\0')
        {
            case '-':
                return RespValue.OfError(line[1..]);
            case '$' when Number(line) is var length:
                if (length >= 0)
                {
                    await PassAsync(length, handOn, cancellationToken).ConfigureAwait(false);
                }

                return length < 0 ? RespValue.Null : RespValue.OfOmitted(length);
            default:
                throw new RespException("its reply is not a string");
        }
    }

    private async ValueTask<(RespValue Value, int Left)> ReadValueAsync(int left, bool omits, int depth, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        left -= line.Length + CostOfValue;
        if (left < 0)
        {
            throw new RespException("its reply is larger than is taken");
        }

        switch (line.Length > 0 ? line[0] : '\0')
        {
            case '+':
                return (RespValue.OfStatus(line[1..]), left);
            case '-':
                return (RespValue.OfError(line[1..]), left);
            case ':':
                return (RespValue.OfInteger(Number(line)), left);
            case '$':
                return await ReadBulkAsync(Number(line), left, omits, cancellationToken).ConfigureAwait(false);
            case '*' when depth < MostDepth:
                return await ReadArrayAsync(Number(line), left, omits, depth, cancellationToken).ConfigureAwait(false);
            default:
                throw new RespException("its reply is not Redis's protocol");
        }
    }

    private async ValueTask<(RespValue Value, int Left)> ReadArrayAsync(long count, int left, bool omits, int depth, CancellationToken cancellationToken)
    {
        if (count < 0)
        {
            return (RespValue.Null, left);
        }

        // Not made for the count that is claimed, but grown by what comes.
        var items = new List<RespValue>();
        for (var index = 0L; index < count; index++)
        {
            (var item, left) = await ReadValueAsync(left, omits, depth + 1, cancellationToken).ConfigureAwait(false);
            items.Add(item);
        }

        return (RespValue.OfArray(items), left);
    }

    private async ValueTask<(RespValue Value, int Left)> ReadBulkAsync(long length, int left, bool omits, CancellationToken cancellationToken)
    {
        if (length < 0)
        {
            return (RespValue.Null, left);
        }

        if (length > left && omits)
        {
            await PassAsync(length, static _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
            return (RespValue.OfOmitted(length), left);
        }

        if (length > left)
        {
            throw new RespException($"its reply claims {length} bytes, more than is taken");
        }

        using var bytes = new MemoryStream();
        while (bytes.Length < length + 2)
        {
            if (Buffered.IsEmpty && await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw RespException.Closed();
            }

            var count = (int)Math.Min(Buffered.Length, length + 2 - bytes.Length);
            bytes.Write(Buffered[..count]);
            Advance(count);
        }

        var content = bytes.GetBuffer().AsSpan(0, (int)length);
        return bytes.GetBuffer().AsSpan((int)length, 2).SequenceEqual("\r\n"u8)
            ? (RespValue.OfBulk(content.ToArray()), left - (int)length)
            : throw new RespException("its reply is not Redis's protocol");
    }

    private async ValueTask PassAsync(long length, Func<ReadOnlyMemory<byte>, ValueTask> handOn, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            await MustFillAsync(1, cancellationToken).ConfigureAwait(false);
            var count = (int)Math.Min(_end - _start, length);
            await handOn(_buffer.AsMemory(_start, count)).ConfigureAwait(false);
            Advance(count);
            length -= count;
        }

        await MustFillAsync(2, cancellationToken).ConfigureAwait(false);
        if (!Buffered.StartsWith("\r\n"u8))
        {
            throw new RespException("its reply is not Redis's protocol");
        }

        Advance(2);
    }

    private async ValueTask MustFillAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw RespException.Closed();
            }
        }
    }

    private static long Number(string line) =>
        long.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RespException("its reply is not Redis's protocol");
}
