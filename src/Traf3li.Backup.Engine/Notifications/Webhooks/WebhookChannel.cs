using System.Globalization;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Webhooks;

/// <summary>A webhook. Its address is a secret, as that of Slack and Teams is all that is needed to post there; only its host is shown.</summary>
internal sealed class WebhookChannel(NotificationHttp http, Uri url, string? secret, WebhookFormat format) : INotificationChannel
{
    /// <inheritdoc />
    public NotificationChannel Channel => NotificationChannel.Webhook;

    /// <inheritdoc />
    public string Target => url.IdnHost;

    /// <inheritdoc />
    public async Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken)
    {
        var body = WebhookPayload.Create(format == WebhookFormat.Auto ? WebhookPayload.FormatOf(url.IdnHost) : format, message);
        var timestamp = http.Now.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = NotificationHttp.Json(body) };
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (secret is not null)
        {
            request.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, message.Id, timestamp, body));
        }

        var reply = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? null : throw HttpFailures.Create(reply, Target, KnownSettings.WebhookUrl.Name);
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => NotificationHttp.ConnectAsync(url, cancellationToken);
}
