using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Sends a test notification by every channel.</summary>
internal sealed class NotificationTester(EngineSettings settings, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>Sends by the chosen channels, by all that are set when none is chosen, and remembers in the store what came of it.</summary>
    /// <exception cref="ConfigurationInvalidException">Nothing is set that a notification could go by.</exception>
    public async Task<IReadOnlyList<NotificationResult>> RunAsync(IObjectStore? store, IReadOnlyList<NotificationChannel> chosen, CancellationToken cancellationToken)
    {
        using var http = new NotificationHttp(time);
        var run = Describe(store);
        var all = NotificationSettings.ChannelsOf(settings, http, time).Concat(NotificationSettings.PingsOf(settings, http));
        var channels = all.Where(channel => chosen.Count == 0 || chosen.Contains(channel.Channel)).ToList();
        if (channels.Count == 0)
        {
            throw chosen.Count == 0
                ? new ConfigurationInvalidException(
                    KnownSettings.NotificationEmail.Name,
                    "nothing is set that a notification could go by.",
                    $"Set {KnownSettings.NotificationEmail} and {KnownSettings.ResendApiKey} or {KnownSettings.SmtpHost}, or {KnownSettings.WebhookUrl}, or {KnownSettings.PingUrl}.")
                : new ConfigurationInvalidException("Channel", $"{string.Join(" and ", chosen)} is not set.", "Set what the README names for it, or choose another channel.");
        }

        var message = MessageComposer.Compose(run, NotificationKind.Test, new NotificationState());
        var results = await new Delivery(new SecretScrubber(settings), reporter, time).SendAsync(channels, message, cancellationToken).ConfigureAwait(false);
        var memory = new NotificationMemory(store, NotificationSubject.Of(run), reporter, time);
        await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (await memory.WriteAsync(current => current.After(results, time.GetUtcNow().UtcDateTime), cancellationToken).ConfigureAwait(false) is { } warning)
        {
            reporter.Verbose(warning);
        }

        return results;
    }

    private RunRecord Describe(IObjectStore? store)
    {
        var now = BackupClock.Now(time);
        return new RunRecord
        {
            Id = Guid.NewGuid().ToString("n"),
            Operation = RunOperation.Notification,
            Environment = settings.Environment,
            StartTime = now,
            EndTime = now,
            User = CurrentUser.Name,
            ModuleVersion = EngineVersion.Text,
            Destination = store?.DisplayName ?? "none is set",
        };
    }
}
