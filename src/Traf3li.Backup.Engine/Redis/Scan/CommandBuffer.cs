using System.Buffers;
using System.Buffers.Text;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>Gathers commands to be sent together; arguments are bytes.</summary>
internal sealed class CommandBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new(16 << 10);

    /// <summary>What was gathered.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Forgets what was gathered.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>A command without arguments.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        Header('*', 1);
        Argument(name);
    }

    /// <summary>A command with one argument.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> first)
    {
        Header('*', 2);
        Argument(name);
        Argument(first);
    }

    /// <summary>A command with two arguments.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Header('*', 3);
        Argument(name);
        Argument(first);
        Argument(second);
    }

    /// <summary>A command with three arguments.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Header('*', 4);
        Argument(name);
        Argument(first);
        Argument(second);
        Argument(third);
    }

    private void Argument(ReadOnlySpan<byte> argument)
    {
        Header('$', argument.Length);
        _bytes.Write(argument);
        _bytes.Write("\r\n"u8);
    }

    private void Header(char kind, int number)
    {
        var span = _bytes.GetSpan(16);
        span[0] = (byte)kind;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        _bytes.Advance(3 + digits);
    }
}
