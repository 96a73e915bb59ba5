using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Traf3li.Backup.Testing.Network;

/// <summary>A small HTTP/1.1 server on 127.0.0.1 that answers as a test says and keeps what it was asked: for answers that no server at hand gives.</summary>
public sealed class AnsweringHttpServer : IAsyncDisposable
{
    private readonly ConnectionAcceptor _connections;
    private readonly Func<HttpRequestRecord, HttpAnswer> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentQueue<HttpRequestRecord> _requests = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">The answer to a request; called by several connections at once.</param>
    /// <param name="certificate">What TLS is spoken with; null speaks plain HTTP.</param>
    public AnsweringHttpServer(Func<HttpRequestRecord, HttpAnswer> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _connections = new ConnectionAcceptor(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _connections.EndPoint;

    /// <summary>What it was asked so far.</summary>
    public IReadOnlyList<HttpRequestRecord> Requests => [.. _requests];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = await OpenAsync(client);
            while (await ReadAsync(stream) is { } request)
            {
                _requests.Enqueue(request);
                var answer = _answer(request);
                if (answer == HttpAnswer.None)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _connections.Stopping);
                }

                await stream.WriteAsync(Format(request, answer), _connections.Stopping);
                await stream.FlushAsync(_connections.Stopping);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The client closed, or the test is over.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (_certificate is null)
        {
            return new BufferedStream(client.GetStream());
        }

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _connections.Stopping);
        return new BufferedStream(tls);
    }

    private async Task<HttpRequestRecord?> ReadAsync(Stream stream)
    {
        if (await ReadLineAsync(stream) is not { Length: > 0 } first)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        if (headers.GetValueOrDefault("Expect") == "100-continue")
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _connections.Stopping);
            await stream.FlushAsync(_connections.Stopping);
        }

        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _connections.Stopping);
        var words = first.Split(' ');
        return new HttpRequestRecord(words[0], words[1], headers, body);
    }

    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (await stream.ReadAsync(next, _connections.Stopping) > 0)
        {
            if (next[0] == '\n')
            {
                return line.ToString();
            }

            if (next[0] != '\r')
            {
                line.Append((char)next[0]);
            }
        }

        return null;
    }

    private static byte[] Format(HttpRequestRecord request, HttpAnswer answer)
    {
        var body = answer.Bytes ?? Encoding.UTF8.GetBytes(answer.Body);
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Answer\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        if (!answer.Headers.Any(header => header.Name == "Content-Length"))
        {
            head.Append($"Content-Length: {body.Length}\r\n");
        }

        head.Append("\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. request.Method == "HEAD" ? [] : body];
    }
}
