using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>A channel whose settings are wrong: it fails with what is wrong, beside the others that work.</summary>
internal sealed class BrokenChannel(NotificationChannel channel, ConfigurationInvalidException error) : INotificationChannel
{
    /// <inheritdoc />
    public NotificationChannel Channel => channel;

    /// <inheritdoc />
    public string Target => error.Target?.ToString() ?? "";

    /// <inheritdoc />
    public Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken) => throw Failure();

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => throw Failure();

    private ChannelException Failure() => new(error.Message, error.Recommendation, error);
}
