using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Retries;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Sends messages: retries what may go away, within a limit, so that the end of a run does not hang; fails with a result, never with an exception.</summary>
internal sealed class Delivery(SecretScrubber scrubber, IEngineReporter reporter, TimeProvider time, DeliveryLimits? limits = null)
{
    private readonly DeliveryLimits _limits = limits ?? new DeliveryLimits();

    /// <summary>Sends a message by all channels at once.</summary>
    public async Task<IReadOnlyList<NotificationResult>> SendAsync(
        IEnumerable<INotificationChannel> channels, NotificationMessage message, CancellationToken cancellationToken) =>
        await Task.WhenAll(channels.Select(channel => RunAsync(channel, token => channel.SendAsync(message, token), cancellationToken))).ConfigureAwait(false);

    /// <summary>Does something by a channel that sends or checks.</summary>
    public async Task<NotificationResult> RunAsync(INotificationChannel channel, Func<CancellationToken, Task<string?>> work, CancellationToken cancellationToken)
    {
        // A channel may work for a while before it first waits; the others should not wait for it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var limit = new CancellationTokenSource(_limits.Overall, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var begun = time.GetTimestamp();
        ChannelException? last = null;
        var policy = new RetryPolicy(
            new RetryOptions { FirstDelay = _limits.FirstDelay, LongestDelay = TimeSpan.FromSeconds(8), Budget = _limits.Overall },
            exception => exception is ChannelException { IsTransient: true } failed && (failed.RetryAfter ?? TimeSpan.Zero) < _limits.Overall - time.GetElapsedTime(begun),
            exception => scrubber.Scrub(exception.Message),
            reporter,
            time)
        {
            RetryAfter = exception => (exception as ChannelException)?.RetryAfter,
        };
        try
        {
            var note = await policy.RunAsync($"{channel.Channel}: notifying {channel.Target}", token => AttemptAsync(work, error => last = error, token), both.Token).ConfigureAwait(false);
            return Result(channel, NotificationStatus.Sent, note, note is null ? null : "Correct the recipients that were refused.");
        }
        catch (ChannelException exception)
        {
            return Result(channel, NotificationStatus.Failed, exception.Message, exception.Recommendation);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Result(channel, NotificationStatus.Failed, "it was stopped before it was sent.", "Nothing is to be done if that was meant.");
        }
        catch (OperationCanceledException) when (last is not null)
        {
            return Result(channel, NotificationStatus.Failed, last.Message, last.Recommendation);
        }
        catch (Exception exception)
        {
            var error = new UnexpectedErrorException(exception);
            return Result(channel, NotificationStatus.Failed, error.Message, error.Recommendation);
        }
    }

    private async Task<string?> AttemptAsync(Func<CancellationToken, Task<string?>> work, Action<ChannelException> remember, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_limits.Attempt, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await work(both.Token).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            remember(exception);
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var slow = new ChannelException($"there was no answer within {Math.Ceiling(_limits.Attempt.TotalSeconds):0} seconds.", "Check the address, and whether this machine's network lets it be reached.")
            {
                IsTransient = true,
            };
            remember(slow);
            throw slow;
        }
    }

    private NotificationResult Result(INotificationChannel channel, NotificationStatus status, string? error, string? recommendation) => new()
    {
        Channel = channel.Channel,
        Target = channel.Target,
        Status = status,
        Error = error is null ? null : scrubber.Scrub(error),
        Recommendation = recommendation,
    };
}
