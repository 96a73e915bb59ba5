using System.Globalization;
using System.Text;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Testing.Redis;

/// <summary>Runs commands with binary arguments, one after the other. Bytes are Latin-1 characters.</summary>
public sealed class RespTestClient : IDisposable
{
    private readonly Stream _stream;
    private readonly BufferedStream _input;

    private RespTestClient(Stream stream)
    {
        _stream = stream;
        _input = new BufferedStream(stream, 64 << 10);
    }

    /// <summary>Connects.</summary>
    public static async Task<RespTestClient> ConnectAsync(RedisServer server) => new(await server.ConnectAsync());

    /// <summary>Runs a command; an error reply is thrown.</summary>
    /// <returns>A string, a long, an array of replies, or null.</returns>
    public object? Run(params object[] arguments)
    {
        var message = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{arguments.Length}\r\n");
        foreach (var argument in arguments)
        {
            var text = Convert.ToString(argument, CultureInfo.InvariantCulture)!;
            message.Append(CultureInfo.InvariantCulture, $"${text.Length}\r\n").Append(text).Append("\r\n");
        }

        _stream.Write(Encoding.Latin1.GetBytes(message.ToString()));
        var reply = ReadReply();
        return reply is Exception error ? throw error : reply;
    }

    /// <summary>Runs a command that answers with a list of strings.</summary>
    public List<string> RunList(params object[] arguments) => [.. ((object?[])Run(arguments)!).Select(item => (string)item!)];

    /// <summary>Has the server write its dump.rdb, once a save of its own or for a replica that has just been served is over.</summary>
    public void Save()
    {
        while (true)
        {
            try
            {
                Run("SAVE");
                return;
            }
            catch (InvalidOperationException busy) when (busy.Message.Contains("save already in progress", StringComparison.Ordinal))
            {
                // No event tells of its end.
                Thread.Sleep(20);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();

    private object? ReadReply()
    {
        var line = ReadLine();
        return line[0] switch
        {
            '+' => line[1..],
            ':' => long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture),
            '-' => new InvalidOperationException(line),
            '$' => ReadBulk(int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)),
            '*' => ReadArray(int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)),
            _ => throw new InvalidDataException(line),
        };
    }

    private object?[]? ReadArray(int count)
    {
        var items = count < 0 ? null : new object?[count];
        for (var index = 0; index < count; index++)
        {
            items![index] = ReadReply();
        }

        return items;
    }

    private string? ReadBulk(int length)
    {
        if (length < 0)
        {
            return null;
        }

        var bytes = new byte[length + 2];
        _input.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes, 0, length);
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (var next = _input.ReadByte(); next != '\r'; next = _input.ReadByte())
        {
            line.Append(next >= 0 ? (char)next : throw new EndOfStreamException("redis-server closed the connection."));
        }

        _input.ReadByte();
        return line.ToString();
    }
}
