using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Benchmarks.Redis;

/// <summary>
/// The keys that everything is measured with: about 1 KB each, two fifths of them strings, the others hashes, lists, sorted sets, sets and
/// streams in their packed forms, every tenth with an expiry. The same seed gives the same bytes.
/// </summary>
internal sealed class RedisData
{
    private const int Seed = 20261123;
    private const int BatchSize = 1 << 20;
    private const int Characters = 1_000;
    private const long ExpiresAt = 4_000_000_000_000;

    private readonly Random _random = new(Seed);
    private readonly StringBuilder _batch = new();
    private readonly Words _words;
    private int _commands;

    private RedisData() => _words = new Words(_random);

    /// <summary>Writes about so many bytes of keys and values.</summary>
    /// <returns>How many keys.</returns>
    /// <exception cref="InvalidOperationException">The server refused a command.</exception>
    public static async Task<long> FillAsync(RedisServer server, long size)
    {
        var data = new RedisData();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", server.Port);
        var stream = client.GetStream();
        var keys = size / Characters;
        for (var key = 0L; key < keys; key++)
        {
            data.Add(key);
            if (data._batch.Length >= BatchSize || key == keys - 1)
            {
                await data.SendAsync(stream);
            }
        }

        return keys;
    }

    private void Add(long number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{_words.Next(_random)}:{number}");
        switch (number % 20)
        {
            case < 8:
                Command("SET", key, Text(Characters));
                break;
            case < 12:
                Command(["HSET", key, .. Enumerable.Range(0, 10).SelectMany(field => new[] { $"field{field}", Text(80) })]);
                break;
            case < 15:
                Command(["RPUSH", key, .. Enumerable.Range(0, 10).Select(_ => Text(90))]);
                break;
            case < 17:
                Command(["ZADD", key, .. Enumerable.Range(0, 20).SelectMany(member => new[] { _random.Next().ToString(CultureInfo.InvariantCulture), $"{member} {Text(35)}" })]);
                break;
            case < 19:
                Command(["SADD", key, .. Enumerable.Range(0, 20).Select(member => $"{member} {Text(40)}")]);
                break;
            default:
                for (var entry = 1; entry <= 5; entry++)
                {
                    Command("XADD", key, $"{1_700_000_000_000 + (number * 10) + entry}-0", "event", Text(90), "detail", Text(70));
                }

                break;
        }

        if (number % 10 == 3)
        {
            Command("PEXPIREAT", key, (ExpiresAt + number).ToString(CultureInfo.InvariantCulture));
        }
    }

    private string Text(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(_words.Next(_random)).Append(' ').Append(_random.Next(10_000)).Append(' ');
        }

        return text.ToString(0, length);
    }

    // All of it is ASCII, so characters are bytes.
    private void Command(params string[] arguments)
    {
        _batch.Append(CultureInfo.InvariantCulture, $"*{arguments.Length}\r\n");
        foreach (var argument in arguments)
        {
            _batch.Append(CultureInfo.InvariantCulture, $"${argument.Length}\r\n").Append(argument).Append("\r\n");
        }

        _commands++;
    }

    private async Task SendAsync(NetworkStream stream)
    {
        // The replies are read meanwhile: a server whose replies nobody takes stops reading.
        var replies = CountRepliesAsync(stream, _commands);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(_batch.ToString()));
        await replies;
        _batch.Clear();
        _commands = 0;
    }

    private static async Task CountRepliesAsync(NetworkStream stream, int commands)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        while (commands > 0)
        {
            var line = await reader.ReadLineAsync() ?? throw new InvalidOperationException("redis-server closed the connection.");
            switch (line[0])
            {
                case '-':
                    throw new InvalidOperationException($"redis-server refused a command: {line}");
                case '$':
                    await reader.ReadLineAsync();
                    break;
            }

            commands--;
        }
    }
}
