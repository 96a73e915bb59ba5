using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>A way to tell someone. One attempt a call: <see cref="Delivery" /> retries and limits.</summary>
internal interface INotificationChannel
{
    /// <summary>Which way it is.</summary>
    NotificationChannel Channel { get; }

    /// <summary>Whom it reaches, without any secret.</summary>
    string Target { get; }

    /// <summary>Sends. Returns what the user should know all the same, such as a recipient that was refused; null when there is nothing.</summary>
    /// <exception cref="ChannelException">It was not taken.</exception>
    Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken);

    /// <summary>Tries, without sending anything, whether the other side would take a notification.</summary>
    /// <exception cref="ChannelException">It would not.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
