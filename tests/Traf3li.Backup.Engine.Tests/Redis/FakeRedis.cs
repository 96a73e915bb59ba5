using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Redis;

/// <summary>A server that answers as a test tells it to: with what real servers do not say on demand, and with what hostile ones may.</summary>
internal sealed class FakeRedis : IAsyncDisposable
{
    private readonly ConnectionAcceptor _connections;
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Dictionary<string, Func<Stream, CancellationToken, Task>> _answers = new(StringComparer.Ordinal);

    public FakeRedis()
    {
        Answer("PING", "+PONG\r\n");
        Answer("AUTH", "+OK\r\n");
        Answer("REPLCONF", "+OK\r\n");
        AnswerInfo("redis_version:7.0.15\r\nloading:0\r\nrdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status:ok\r\nuptime_in_seconds:1000\r\n");
        Answer("CONFIG", "*0\r\n");
        _connections = new ConnectionAcceptor(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public RedisNode Node => new() { Endpoint = RedisEndpoint.Tcp("127.0.0.1", _connections.EndPoint.Port) };

    /// <summary>The commands received, words separated by spaces.</summary>
    public IEnumerable<string> Commands => _commands;

    /// <summary>What is sent as soon as somebody connects.</summary>
    public string? Greeting { get; init; }

    /// <summary>Answers a command by its first word, or by its first two, with these bytes (as Latin-1).</summary>
    public void Answer(string command, string answer) => Answer(command, async (stream, token) => await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token));

    /// <summary>Answers a command, and closes the connection where the answer throws.</summary>
    public void Answer(string command, Func<Stream, CancellationToken, Task> answer) => _answers[command] = answer;

    /// <summary>Answers INFO.</summary>
    public void AnswerInfo(string info) => Answer("INFO", $"${info.Length}\r\n{info}\r\n");

    /// <summary>Ends the connection that the answer is for.</summary>
    public static Task CloseAsync() => throw new IOException("closed on purpose");

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        using var ownership = client;
        try
        {
            await using var stream = client.GetStream();
            var reader = new RespReader(stream, 64 << 10);
            if (Greeting is not null)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Greeting), _connections.Stopping);
                return;
            }

            while (true)
            {
                var words = (await reader.ReadValueAsync(1 << 20, _connections.Stopping)).Items.Select(item => item.Text).ToList();
                _commands.Enqueue(string.Join(' ', words));
                var answer = _answers.GetValueOrDefault(string.Join(' ', words.Take(2))) ?? _answers.GetValueOrDefault(words[0]);
                await (answer is null
                    ? stream.WriteAsync(Encoding.Latin1.GetBytes($"-ERR unknown command '{words[0]}'\r\n"), _connections.Stopping).AsTask()
                    : answer(stream, _connections.Stopping));
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The client went, or the answer was to close.
        }
    }
}
