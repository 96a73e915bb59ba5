namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Decompresses LZF while it is read (lzf_d.c of liblzf). A control byte under 32 is followed by that many bytes and one more; another
/// holds a length (its upper three bits, plus a byte when they are 7, plus 2) and the upper five bits of a distance, whose lower eight
/// follow. So nothing reaches back more than 8 KiB, which is all that is held of what was read.
/// </summary>
internal sealed class LzfWindow : ByteWindow
{
    private const int History = 8 << 10;
    private const int LongestRun = 32;
    private const int LongestMatch = 7 + 255 + 2;
    private const int Size = History + (64 << 10);

    private readonly StreamWindow _source;
    private long _compressedLeft;
    private long _lengthLeft;

    /// <summary>Prepares a window that can be opened again and again.</summary>
    /// <param name="source">Where the compressed bytes are taken from.</param>
    public LzfWindow(StreamWindow source) => _source = source;

    /// <summary>Begins a compressed string at the place where <c>source</c> stands.</summary>
    /// <param name="compressed">Bytes as they are stored.</param>
    /// <param name="length">Bytes that they stand for.</param>
    public void Open(long compressed, long length)
    {
        if (_buffer.Length == 0)
        {
            _buffer = new byte[Size];
        }

        _compressedLeft = compressed;
        _lengthLeft = length;
        _origin = 0;
        _position = 0;
        _end = 0;
    }

    /// <summary>Ends the string: everything must have been taken.</summary>
    public void Close()
    {
        if (_position != _end || _lengthLeft != 0 || _compressedLeft != 0)
        {
            throw Corrupt("a compressed string is longer than it says");
        }
    }

    /// <inheritdoc />
    public override RdbCorruptException Corrupt(string reason) => _source.Corrupt(reason);

    /// <summary>Takes a compressed string from the source and checks it, without decompressing it.</summary>
    /// <param name="source">Stands at the compressed bytes.</param>
    /// <param name="compressed">Bytes as they are stored.</param>
    /// <param name="length">Bytes that they stand for.</param>
    public static void Check(StreamWindow source, long compressed, long length)
    {
        var produced = 0L;
        while (compressed > 0)
        {
            source.Peek((int)Math.Min(compressed, LongestRun + 1));
            var input = source.Available;
            if (input.Length > compressed)
            {
                input = input[..(int)compressed];
            }

            // What a step needs is there, or the string ends within it.
            var last = input.Length == compressed ? input.Length - 1 : input.Length - LongestRun - 1;
            var next = 0;
            while (next <= last)
            {
                var step = Step.At(input[next..]);
                if (step.Used > input.Length - next || step.Distance > produced)
                {
                    source.Advance(next);
                    throw source.Corrupt("a compressed string does not decompress");
                }

                next += step.Used;
                produced += step.Length;
            }

            source.Advance(next);
            compressed -= next;
            if (produced > length)
            {
                break;
            }
        }

        if (produced != length)
        {
            throw source.Corrupt($"a compressed string of {length} bytes does not have that length");
        }
    }

    private protected override void Refill(int count)
    {
        KeepFrom(Math.Min(_position, Math.Max(0, _end - History)));
        while (_lengthLeft > 0 && _end + LongestMatch <= _buffer.Length)
        {
            Decompress();
        }

        if (_end - _position < count)
        {
            throw Corrupt("a compressed string ends in the middle of something");
        }
    }

    private void Decompress()
    {
        if (_compressedLeft == 0)
        {
            throw Corrupt("a compressed string is shorter than it says");
        }

        var input = _source.Peek((int)Math.Min(_compressedLeft, LongestRun + 1));
        var step = Step.At(input);
        if (step.Used > input.Length || step.Length > _lengthLeft || step.Distance > _origin + _end)
        {
            throw Corrupt("a compressed string does not decompress");
        }

        if (step.Distance == 0)
        {
            input.Slice(1, step.Length).CopyTo(_buffer.AsSpan(_end));
        }
        else
        {
            CopyMatch(step);
        }

        _source.Advance(step.Used);
        _compressedLeft -= step.Used;
        _lengthLeft -= step.Length;
        _end += step.Length;
    }

    /// <summary>A match may reach into what it makes itself: then each round can copy what the rounds before have made.</summary>
    private void CopyMatch(Step step)
    {
        var from = _end - step.Distance;
        var to = _end;
        for (var left = step.Length; left > 0;)
        {
            var count = Math.Min(left, to - from);
            _buffer.AsSpan(from, count).CopyTo(_buffer.AsSpan(to));
            to += count;
            left -= count;
        }
    }

    /// <summary>One control byte with what belongs to it.</summary>
    /// <param name="Used">Compressed bytes.</param>
    /// <param name="Length">Bytes that they stand for.</param>
    /// <param name="Distance">How far back these begin; 0 where they are the bytes behind the control byte.</param>
    private readonly record struct Step(int Used, int Length, int Distance)
    {
        /// <summary>Reads a step. <c>Used</c> is more than there is where bytes are missing.</summary>
        public static Step At(ReadOnlySpan<byte> input)
        {
            int control = input[0];
            if (control < LongestRun)
            {
                return new Step(control + 2, control + 1, 0);
            }

            var length = control >> 5;
            var used = length == 7 ? 3 : 2;
            if (input.Length < used)
            {
                return new Step(used, 0, 0);
            }

            length += 2 + (used == 3 ? input[1] : 0);
            return new Step(used, length, (((control & 0x1F) << 8) | input[used - 1]) + 1);
        }
    }
}
