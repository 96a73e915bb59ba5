using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace Traf3li.Backup.Engine.Notifications.Http;

/// <summary>Sends small requests. Follows no redirect, since the address itself may be a secret; reads little of answers; sends no cookie.</summary>
internal sealed class NotificationHttp : IDisposable
{
    private const int MostRead = 16 << 10;

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    public NotificationHttp(TimeProvider time)
    {
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // Resend refuses requests without one (403, error 1010).
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Traf3li.Backup", typeof(NotificationHttp).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>The time, UTC.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <summary>A body of JSON.</summary>
    public static HttpContent Json(ReadOnlyMemory<byte> json) => new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Sends a request and gives the answer, whatever its status.</summary>
    /// <exception cref="ChannelException">There was no answer, or one that redirects.</exception>
    public async Task<HttpReply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var host = request.RequestUri!.IdnHost;
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            if (status is >= 300 and < 400)
            {
                throw new ChannelException(
                    string.Create(CultureInfo.InvariantCulture, $"{host} redirects to another address ({status})."), "Set the address that it redirects to.");
            }

            return new HttpReply(status, await ReadAsync(response, cancellationToken).ConfigureAwait(false), RetryAfter(response));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Failure(host, exception);
        }
    }

    /// <summary>Connects to a host, by TLS where its address says so, and sends nothing.</summary>
    /// <exception cref="ChannelException">It cannot be reached.</exception>
    public static async Task ConnectAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.IdnHost, url.Port, cancellationToken).ConfigureAwait(false);
            if (url.Scheme == Uri.UriSchemeHttps)
            {
                var stream = new SslStream(client.GetStream());
                await using (stream.ConfigureAwait(false))
                {
                    await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost }, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            throw Failure(url.IdnHost, exception);
        }
    }

    private static ChannelException Failure(string host, Exception exception)
    {
        var cause = exception is HttpRequestException { InnerException: { } inner } ? inner : exception;
        return cause is AuthenticationException
            ? new ChannelException($"no trusted TLS connection to {host}: {cause.Message}", $"Check the certificate of {host}, and the clock and the authorities of this machine.", exception)
            : new ChannelException($"{host} cannot be reached or broke the connection off: {cause.Message}", $"Check the address, and whether this machine's network lets it reach {host}.", exception)
            {
                IsTransient = true,
            };
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[MostRead];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return Encoding.UTF8.GetString(body, 0, await stream.ReadAtLeastAsync(body, MostRead, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > Now => date - Now,
        _ => null,
    };
}
