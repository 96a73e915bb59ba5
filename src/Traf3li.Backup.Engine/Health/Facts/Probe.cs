using System.Globalization;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Finds something out within a limit of time. What does not answer, not even to a cancellation, is left behind.</summary>
internal sealed class Probe(TimeSpan limit, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>Runs the work. Only the caller's own cancellation is thrown.</summary>
    /// <param name="what">What is asked, for the reason when it does not answer: <c>the destination</c>.</param>
    /// <param name="work">The work. It reports to what it is given, since it may outlive whoever waits for it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ProbeResult<T>> RunAsync<T>(string what, Func<IEngineReporter, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var ended = new ProbeReporter(reporter);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On a thread of its own, since a dead network drive blocks whoever asks it.
        var task = Task.Run(() => work(ended, stop.Token), CancellationToken.None);
        // Of work that was left behind nobody else looks at the error.
        _ = task.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return new ProbeResult<T>(await task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false), null, time.GetElapsedTime(start));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult<T>(default, task.IsFaulted || task.IsCanceled ? Describe(task.Exception?.InnerException ?? exception) : TimedOut(what), time.GetElapsedTime(start));
        }
        finally
        {
            if (task.IsCompleted)
            {
                stop.Dispose();
            }
            else
            {
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private ProbeFailure TimedOut(string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"{what} did not answer within {limit.TotalSeconds:0.#} s"),
        "Check the network to it and its load, or give it more time with -Timeout.",
        ProbeFailure.TimedOut);

    private static ProbeFailure Describe(Exception exception)
    {
        var known = exception as BackupException ?? new UnexpectedErrorException(exception);
        return new ProbeFailure(RunErrors.Describe(exception), RunErrors.Shown(known.Recommendation), known.ErrorId);
    }
}
