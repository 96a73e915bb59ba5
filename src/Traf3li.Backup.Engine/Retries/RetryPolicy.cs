using Polly;
using Polly.Retry;

namespace Traf3li.Backup.Engine.Retries;

/// <summary>Tries work again after transient errors, with growing, jittered waits, until a budget of time is spent. Each retry is reported by -Verbose.</summary>
/// <param name="options">The waits and the budget.</param>
/// <param name="isTransient">Whether an error may go away by itself.</param>
/// <param name="describe">What is said of an error; it may hold no secret.</param>
/// <param name="reporter">Where retries are reported.</param>
/// <param name="time">The clock.</param>
internal sealed class RetryPolicy(
    RetryOptions options, Func<Exception, bool> isTransient, Func<Exception, string> describe, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>How long the other side asks to be left alone after an error, which is then waited at least; null where it does not ask.</summary>
    public Func<Exception, TimeSpan?>? RetryAfter { get; init; }

    /// <summary>Runs the work. The last error comes out as it is; cancellation is never retried.</summary>
    /// <param name="action">What is being done, for the report, such as <c>s3:UploadPart on …</c>.</param>
    /// <param name="work">One attempt.</param>
    /// <param name="cancellationToken">Ends the work and the waits.</param>
    public async Task<T> RunAsync<T>(string action, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.FirstDelay,
                MaxDelay = options.LongestDelay,
                MaxRetryAttempts = int.MaxValue,
                // Null leaves the wait to the growing ones.
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error ? RetryAfter?.Invoke(error) : null),
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } error
                    && !cancellationToken.IsCancellationRequested
                    && time.GetElapsedTime(begun) < options.Budget
                    && isTransient(error)),
                OnRetry = arguments =>
                {
                    reporter.Verbose(FormattableString.Invariant(
                        $"{action} failed ({describe(arguments.Outcome.Exception!)}); attempt {arguments.AttemptNumber + 2} in {arguments.RetryDelay.TotalSeconds:0.0} s."));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        return await pipeline.ExecuteAsync(async token => await work(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }
}
