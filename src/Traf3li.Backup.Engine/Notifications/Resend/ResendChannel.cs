using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Resend;

/// <summary>Mail by Resend.</summary>
internal sealed class ResendChannel(ResendClient client, string from, IReadOnlyList<string> to) : INotificationChannel
{
    /// <summary>Resend's own sender for those who have no domain yet; it reaches only the owner of the account.</summary>
    public const string DefaultSender = "Traf3li.Backup <onboarding@resend.dev>";

    /// <inheritdoc />
    public NotificationChannel Channel => NotificationChannel.Resend;

    /// <inheritdoc />
    public string Target => string.Join(", ", to);

    /// <inheritdoc />
    public async Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken)
    {
        var email = new ResendEmail { From = from, To = to, Subject = message.Subject, Html = HtmlMail.Format(message), Text = TextMail.Format(message) };
        await client.SendAsync(email, $"traf3li-{message.Id}", cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => client.CheckKeyAsync(cancellationToken);
}
