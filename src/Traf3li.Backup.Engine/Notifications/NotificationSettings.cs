using System.Globalization;
using System.Net.Mail;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Pings;
using Traf3li.Backup.Engine.Notifications.Resend;
using Traf3li.Backup.Engine.Notifications.Smtp;
using Traf3li.Backup.Engine.Notifications.Webhooks;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Reads of the settings what concerns notifications.</summary>
internal static class NotificationSettings
{
    /// <summary>Of which runs is told: BACKUP_NOTIFY (or -Notify), when notifications are on.</summary>
    public static NotificationPolicy PolicyOf(EngineSettings settings, NotificationPolicy? asked)
    {
        if (asked is { } policy)
        {
            return policy;
        }

        var isOn = settings.IsSet(KnownSettings.NotificationEnabled) ? settings.Require(KnownSettings.NotificationEnabled) : settings.IsSet(KnownSettings.NotifyPolicy);
        return !isOn ? NotificationPolicy.Never
            : settings.IsSet(KnownSettings.NotifyPolicy) ? settings.Require(KnownSettings.NotifyPolicy) : NotificationPolicy.Always;
    }

    /// <summary>The channels that carry messages: mail and webhook.</summary>
    /// <exception cref="ConfigurationInvalidException">A setting is wrong, or mail has no recipient or sender.</exception>
    public static IReadOnlyList<INotificationChannel> ChannelsOf(EngineSettings settings, NotificationHttp http, TimeProvider time)
    {
        var channels = new List<INotificationChannel>();
        if (settings.Find(KnownSettings.ResendApiKey) is { } key && HasRecipients(settings))
        {
            var client = new ResendClient(http, settings.Require(KnownSettings.ResendApiUrl), key);
            channels.Add(new ResendChannel(client, settings.Find(KnownSettings.NotificationFrom) ?? ResendChannel.DefaultSender, settings.Require(KnownSettings.NotificationEmail)));
        }

        if (SmtpSettings.From(settings) is { } smtp)
        {
            channels.Add(new SmtpChannel(smtp, SmtpSender(settings, smtp), settings.Require(KnownSettings.NotificationEmail), time));
        }

        if (settings.IsSet(KnownSettings.WebhookUrl))
        {
            channels.Add(new WebhookChannel(
                http, settings.Require(KnownSettings.WebhookUrl), settings.Find(KnownSettings.WebhookSecret), settings.Require(KnownSettings.WebhookFormat)));
        }

        if (channels.Count == 0 && HasRecipients(settings))
        {
            throw new ConfigurationInvalidException(
                KnownSettings.ResendApiKey.Name, "there are recipients of mail, but nothing that sends it.", $"Set {KnownSettings.ResendApiKey} or {KnownSettings.SmtpHost}.");
        }

        return channels;
    }

    /// <summary>The channel that a run pings; null when it pings none.</summary>
    public static PingChannel? PingOf(EngineSettings settings, RunRecord run, NotificationHttp http) => PingUrls.Find(settings, run) is { } url ? new PingChannel(http, url) : null;

    private static bool HasRecipients(EngineSettings settings) => settings.IsSet(KnownSettings.NotificationEmail);

    private static string SmtpSender(EngineSettings settings, SmtpSettings smtp) =>
        settings.Find(KnownSettings.NotificationFrom)
        ?? (MailAddress.TryCreate(smtp.User, out var user) ? user.Address : null)
        ?? throw new ConfigurationInvalidException(
            KnownSettings.NotificationFrom.Name,
            "mail by SMTP needs a sender.",
            string.Create(CultureInfo.InvariantCulture, $"Set {KnownSettings.NotificationFrom} to an address that {smtp.Host} may send from."));
}
