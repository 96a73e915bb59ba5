using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Notifications.Pings;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Tells of runs: pings at their begin, and at their end decides, sends and remembers.</summary>
internal sealed class NotificationObserver(RunContext context) : IRunObserver
{
    // A service that does not answer must not keep a backup from beginning.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private EngineSettings Settings => context.Settings;

    /// <inheritdoc />
    public async Task OnBeginAsync(RunRecord begun, CancellationToken cancellationToken)
    {
        if (PolicyOf(begun) == NotificationPolicy.Never)
        {
            return;
        }

        using var http = new NotificationHttp(context.Time);
        if (NotificationSettings.PingOf(Settings, begun, http) is PingChannel ping)
        {
            using var limit = new CancellationTokenSource(StartLimit, context.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                await ping.StartAsync(both.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ChannelException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The ping at the end tells by a warning when the service is gone.
                context.Reporter.Verbose($"The ping at the begin did not reach {ping.Target}: {new SecretScrubber(Settings).Scrub(exception.Message)}");
            }
        }
    }

    /// <inheritdoc />
    public async Task<RunAddition> OnEndAsync(RunRecord record, CancellationToken cancellationToken)
    {
        var policy = PolicyOf(record);
        if (policy == NotificationPolicy.Never)
        {
            return RunAddition.None;
        }

        using var http = new NotificationHttp(context.Time);
        var subject = NotificationSubject.Of(record);
        var memory = new NotificationMemory(context.Store, subject, context.Reporter, context.Time);
        var state = await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        var now = context.Time.GetUtcNow().UtcDateTime;
        var decision = NotificationPolicies.Decide(policy, record, state, now, Reminder());
        var results = await SendAsync(record, decision, state, http, cancellationToken).ConfigureAwait(false);
        var unremembered = await memory.WriteAsync(current => current.After(record, decision, results, now), cancellationToken).ConfigureAwait(false);
        return new RunAddition
        {
            Notification = results,
            Warning = [.. results.Where(result => result is { Status: not NotificationStatus.Suppressed, Error: not null }).Select(Warning), .. unremembered is null ? [] : new[] { unremembered }],
        };
    }

    /// <summary>Of a failed notification, what the user is told.</summary>
    public static string Warning(NotificationResult result) => result.Status == NotificationStatus.Sent
        ? $"The notification by {result.Channel} was sent, but {result.Error}"
        : new NotificationFailedException(result.Channel, result.Target, result.Error ?? "", result.Recommendation ?? "").Message + " " + result.Recommendation;

    private async Task<IReadOnlyList<NotificationResult>> SendAsync(
        RunRecord record, NotificationDecision decision, NotificationState state, NotificationHttp http, CancellationToken cancellationToken)
    {
        var ping = record.Outcome is RunOutcome.Locked or RunOutcome.NothingToDo ? null : NotificationSettings.PingOf(Settings, record, http);
        var channels = NotificationSettings.ChannelsOf(Settings, http, context.Time);
        if (channels.Count == 0 && !PingUrls.All.Any(Settings.IsSet))
        {
            channels = [NotificationSettings.Missing()];
        }

        var told = decision.Kind is null ? channels.Where(channel => HasMissed(channel, record, state)).ToList() : channels;
        var message = MessageComposer.Compose(record, decision.Kind ?? (told.Count > 0 ? NotificationKind.Alert : NotificationKind.Report), state);
        var delivery = new Delivery(new SecretScrubber(Settings), context.Reporter, context.Time);
        var results = await delivery.SendAsync(ping is null ? told : [.. told, ping], message, cancellationToken).ConfigureAwait(false);
        var suppressed = channels.Except(told).Select(channel => new NotificationResult
        {
            Channel = channel.Channel,
            Target = channel.Target,
            Status = NotificationStatus.Suppressed,
            Error = decision.Reason,
        });
        return [.. suppressed, .. results];
    }

    // What one channel took is not told again; the others have still to get it.
    private static bool HasMissed(INotificationChannel channel, RunRecord record, NotificationState state) =>
        NotificationPolicies.OngoingAlert(record, state) is { } sent && state.Failure.Any(failure => failure.Channel == channel.Channel && failure.Time >= sent);

    // Backups, restores and removals are told of as the policy says, health when it changes, what else is done only when it fails, unless -Notify asks for more.
    private NotificationPolicy PolicyOf(RunRecord run)
    {
        var asked = context.Options.Notify;
        if (run.Operation is not (RunOperation.Backup or RunOperation.Restore or RunOperation.Removal or RunOperation.Test or RunOperation.Copy or RunOperation.Health))
        {
            return NotificationPolicy.Never;
        }

        var policy = Lenient(() => NotificationSettings.PolicyOf(Settings, asked), NotificationPolicy.Always);
        return policy == NotificationPolicy.Never || run.Operation is RunOperation.Backup or RunOperation.Restore or RunOperation.Removal
            ? policy
            : asked ?? (run.Operation == RunOperation.Health && policy == NotificationPolicy.Always ? NotificationPolicy.OnChange : NotificationPolicy.OnFailure);
    }

    private TimeSpan? Reminder() => Lenient(() => Settings.Require(KnownSettings.NotificationReminder), TimeSpan.FromDays(1));

    // A slip in such a setting must not silence an alert.
    private T Lenient<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (ConfigurationInvalidException error)
        {
            context.Reporter.Warning($"{error.Message} {error.Recommendation}");
            return otherwise;
        }
    }
}
