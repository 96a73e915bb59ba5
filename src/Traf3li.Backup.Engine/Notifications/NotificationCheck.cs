using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>
/// Tells the health check whether notifications would go through, without sending any: Resend is asked whether it knows the key, the SMTP server is logged in to, the
/// hosts of webhooks and pings are connected to.
/// </summary>
internal sealed class NotificationCheck(EngineSettings settings, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>Checks every channel that is set. A result that is Sent means that the channel would take one.</summary>
    public async Task<IReadOnlyList<NotificationResult>> RunAsync(CancellationToken cancellationToken)
    {
        using var http = new NotificationHttp(time);
        var delivery = new Delivery(new SecretScrubber(settings), reporter, time);
        var channels = NotificationSettings.ChannelsOf(settings, http, time).Concat(NotificationSettings.PingsOf(settings, http));
        return await Task.WhenAll(channels.Select(channel => delivery.RunAsync(
            channel,
            async token =>
            {
                await channel.CheckAsync(token).ConfigureAwait(false);
                return null;
            },
            cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>The notifications of an environment that failed and after which none went through by the same channel, newest first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="environment">The environment label.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Task<IReadOnlyList<FailedNotification>> FindFailuresAsync(IObjectStore store, string environment, DateTime now, CancellationToken cancellationToken) =>
        new NotificationStateStore(store).ReadFailuresAsync(environment, now, cancellationToken);
}
