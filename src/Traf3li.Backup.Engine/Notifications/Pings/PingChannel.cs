using System.Text;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Pings;

/// <summary>
/// Pings a service that raises the alarm when no ping comes (healthchecks.io, Pinging API): the way to learn that a machine is gone, which can tell nothing
/// itself. Its address is a secret; only its host is shown.
/// </summary>
internal sealed class PingChannel(NotificationHttp http, Uri url, string target) : INotificationChannel
{
    private const int LongestBody = 2000;

    /// <inheritdoc />
    public NotificationChannel Channel => NotificationChannel.Ping;

    /// <inheritdoc />
    public string Target => target;

    /// <summary>Says that a run begins.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => PingAsync(PingMoment.Start, body: null, cancellationToken);

    /// <inheritdoc />
    public async Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken)
    {
        // A test must neither hide that a backup is missing nor raise the alarm.
        await (message switch
        {
            { Kind: NotificationKind.Test } => PingAsync(PingMoment.Log, message.Subject, cancellationToken),
            { Severity: Severity.Bad } => PingAsync(PingMoment.Fail, message.Subject + "\n\n" + message.Advice, cancellationToken),
            _ => PingAsync(PingMoment.Success, body: null, cancellationToken),
        }).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => NotificationHttp.ConnectAsync(url, cancellationToken);

    private async Task PingAsync(PingMoment moment, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, PingUrls.At(url, moment));
        request.Content = body is null ? null : new StringContent(body[..Math.Min(body.Length, LongestBody)], Encoding.UTF8, "text/plain");
        var reply = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw HttpFailures.Create(reply, url.IdnHost, KnownSettings.PingUrl.Name);
        }

        // The service answers 200 to an unknown check too, and says so in the body only.
        if (reply.Body.StartsWith("OK (not found)", StringComparison.OrdinalIgnoreCase) || reply.Body.StartsWith("(not found)", StringComparison.OrdinalIgnoreCase))
        {
            throw new ChannelException($"{url.IdnHost} knows no such check.", $"Make the check there anew, and set {KnownSettings.PingUrl.Name} or that of the schedule.");
        }
    }
}
