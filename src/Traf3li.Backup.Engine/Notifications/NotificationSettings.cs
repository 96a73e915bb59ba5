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
    /// <summary>Of which runs is told: what was asked for (-Notify), else BACKUP_NOTIFY where notifications are on.</summary>
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

    /// <summary>The channels that carry messages, as they are set: mail and webhook. One that is set wrongly fails when it is used.</summary>
    public static IReadOnlyList<INotificationChannel> ChannelsOf(EngineSettings settings, NotificationHttp http, TimeProvider time)
    {
        var channels = new List<INotificationChannel>();
        if (settings.IsSet(KnownSettings.ResendApiKey) && settings.IsSet(KnownSettings.NotificationEmail))
        {
            channels.Add(Create(NotificationChannel.Resend, () => new ResendChannel(
                new ResendClient(http, settings.Require(KnownSettings.ResendApiUrl), settings.Require(KnownSettings.ResendApiKey)),
                settings.Find(KnownSettings.NotificationFrom) ?? ResendChannel.DefaultSender,
                settings.Require(KnownSettings.NotificationEmail))));
        }

        if (settings.IsSet(KnownSettings.SmtpHost))
        {
            channels.Add(Create(NotificationChannel.Smtp, () =>
            {
                var smtp = SmtpSettings.From(settings)!;
                return new SmtpChannel(smtp, SmtpSender(settings, smtp), settings.Require(KnownSettings.NotificationEmail), time);
            }));
        }

        if (settings.IsSet(KnownSettings.WebhookUrl))
        {
            channels.Add(Create(NotificationChannel.Webhook, () => new WebhookChannel(
                http, settings.Require(KnownSettings.WebhookUrl), settings.Find(KnownSettings.WebhookSecret), settings.Require(KnownSettings.WebhookFormat))));
        }

        if (channels.Count == 0 && settings.IsSet(KnownSettings.NotificationEmail))
        {
            channels.Add(new BrokenChannel(NotificationChannel.Resend, new ConfigurationInvalidException(
                KnownSettings.ResendApiKey.Name, "there are recipients of mail, but nothing that sends it.", $"Set {KnownSettings.ResendApiKey}, or {KnownSettings.SmtpHost}.")));
        }

        return channels;
    }

    /// <summary>The channel that a run pings; null when it pings none.</summary>
    public static INotificationChannel? PingOf(EngineSettings settings, RunRecord run, NotificationHttp http)
    {
        try
        {
            return PingUrls.Find(settings, run) is { } url ? new PingChannel(http, url, url.IdnHost) : null;
        }
        catch (ConfigurationInvalidException error)
        {
            return new BrokenChannel(NotificationChannel.Ping, error);
        }
    }

    /// <summary>A channel for each address to ping that is set.</summary>
    public static IEnumerable<INotificationChannel> PingsOf(EngineSettings settings, NotificationHttp http) =>
        PingUrls.All.Where(settings.IsSet).Select(setting => Create(NotificationChannel.Ping, () =>
        {
            var url = PingUrls.Example(settings, setting);
            return new PingChannel(http, url, $"{url.IdnHost} ({setting})");
        }));

    /// <summary>What to say where notifications are on and nothing is set that could carry them.</summary>
    public static INotificationChannel Missing() => new BrokenChannel(NotificationChannel.None, new ConfigurationInvalidException(
        KnownSettings.NotificationEmail.Name,
        "notifications are asked for, but nothing is set that could carry them.",
        $"Set {KnownSettings.NotificationEmail} and {KnownSettings.ResendApiKey} or {KnownSettings.SmtpHost}, or {KnownSettings.WebhookUrl}, or {KnownSettings.PingUrl}."));

    private static INotificationChannel Create(NotificationChannel channel, Func<INotificationChannel> create)
    {
        try
        {
            return create();
        }
        catch (ConfigurationInvalidException error)
        {
            return new BrokenChannel(channel, error);
        }
    }

    private static string SmtpSender(EngineSettings settings, SmtpSettings smtp) =>
        settings.Find(KnownSettings.NotificationFrom)
        ?? (MailAddress.TryCreate(smtp.User, out var user) ? user.Address : null)
        ?? throw new ConfigurationInvalidException(
            KnownSettings.NotificationFrom.Name, "mail by SMTP needs a sender.", $"Set {KnownSettings.NotificationFrom} to an address that {smtp.Host} may send from.");
}
