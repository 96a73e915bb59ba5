using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Traf3li.Backup.Engine.Notifications.Http;

namespace Traf3li.Backup.Engine.Notifications.Resend;

/// <summary>The two calls of Resend's HTTP API that are needed here.</summary>
/// <param name="http">What sends.</param>
/// <param name="api">Its address.</param>
/// <param name="key">The API key.</param>
internal sealed class ResendClient(NotificationHttp http, Uri api, string key)
{
    // The body is no HTML page: what only pages must escape would make it larger.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a mail.</summary>
    /// <param name="email">The mail.</param>
    /// <param name="idempotencyKey">Tells this mail from others, 256 characters at most: Resend sends it once within 24 hours however often it is asked.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ChannelException">Resend did not take it.</exception>
    public async Task SendAsync(ResendEmail email, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, "emails");
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        request.Content = NotificationHttp.Json(JsonSerializer.SerializeToUtf8Bytes(email, Options));
        var reply = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw Failure(reply);
        }
    }

    /// <summary>Tries, without sending anything, whether the key is accepted.</summary>
    /// <exception cref="ChannelException">It is not.</exception>
    public async Task CheckKeyAsync(CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, "domains");
        var reply = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        // A key that may only send is known, which is all that is asked.
        if (!reply.IsSuccess && ResendError.Parse(reply.Body).Name != "restricted_api_key")
        {
            throw Failure(reply);
        }
    }

    private static ChannelException Failure(HttpReply reply)
    {
        var error = ResendError.Parse(reply.Body);
        var named = error.Name.Length > 0 ? HttpFailures.Quote(error.Name) + ": " : "";
        return new ChannelException(string.Create(CultureInfo.InvariantCulture, $"Resend answered {reply.Status} {named}{error.Message}").TrimEnd(), error.Recommendation(reply))
        {
            IsTransient = error.IsTransient(reply),
            RetryAfter = reply.RetryAfter,
        };
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(api.AbsoluteUri.TrimEnd('/') + "/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}
