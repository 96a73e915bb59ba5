using System.Threading.Channels;
using Traf3li.Backup.Progress;

namespace Traf3li.Backup.Commands;

/// <summary>
/// Runs work on the pool while the pipeline thread carries out what the work asks of it, in order. The queue is bounded, so that work
/// which writes faster than the pipeline reads waits.
/// </summary>
internal sealed class PipelinePump
{
    private const int QueueLength = 64;

    private readonly Channel<Action> _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly TimeSpan _grace;
    private readonly ProgressBoard _progress;

    /// <param name="progress">What is shown of running work.</param>
    /// <param name="grace">How long work is waited for after it was told to stop.</param>
    public PipelinePump(ProgressBoard progress, TimeSpan grace)
    {
        _progress = progress;
        _grace = grace;
    }

    /// <summary>Hands an action to the pipeline thread; dropped once the pipeline has gone on without this work.</summary>
    public async ValueTask PostAsync(Action action)
    {
        try
        {
            await _queue.Writer.WriteAsync(action, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The pipeline has stopped: nobody is left to hear it.
        }
    }

    /// <summary>As <see cref="PostAsync" />, for callers that cannot await.</summary>
    public void Post(Action action)
    {
        if (!_queue.Writer.TryWrite(action))
        {
            PostAsync(action).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Asks the pipeline thread, and waits for its answer.</summary>
    public async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(() =>
        {
            try
            {
                answer.TrySetResult(question());
            }
            catch
            {
                answer.TrySetCanceled(CancellationToken.None);
                throw;
            }
        }).ConfigureAwait(false);
        return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows a state of running work, soon.</summary>
    public void Show(ProgressUpdate update)
    {
        if (_progress.Set(update))
        {
            // Only wakes the pipeline thread; when the queue is full it is awake.
            _queue.Writer.TryWrite(static () => { });
        }
    }

    /// <summary>
    /// Runs the work to its end. Throws what the work throws, and what an action throws (the pipeline stopped, a preference of Stop):
    /// then the work is told to stop first.
    /// </summary>
    public void Run(Func<CancellationToken, Task> work, CancellationTokenSource stop)
    {
        var task = Task.Run(() => RunAndCloseAsync(work, stop.Token), CancellationToken.None);
        using var stopped = new ManualResetEventSlim();
        using var registration = stop.Token.Register(stopped.Set);
        try
        {
            Drain(stopped);
        }
        catch
        {
            stop.Cancel();
            AwaitEnd(task);
            throw;
        }
        finally
        {
            _progress.Finish();
        }

        if (stopped.IsSet && !AwaitEnd(task))
        {
            throw new OperationCanceledException(stop.Token);
        }

        task.GetAwaiter().GetResult();
    }

    private async Task RunAndCloseAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }

    /// <summary>Carries actions out until the work has ended and the queue is empty, or until a stop.</summary>
    private void Drain(ManualResetEventSlim stopped)
    {
        while (true)
        {
            var more = _queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            while (!more.IsCompleted && !stopped.IsSet)
            {
                WaitHandle.WaitAny([((IAsyncResult)more).AsyncWaitHandle, stopped.WaitHandle], _progress.UntilDue());
                _progress.Flush();
            }

            if (stopped.IsSet)
            {
                return;
            }

            if (!more.GetAwaiter().GetResult())
            {
                return;
            }

            while (!stopped.IsSet && _queue.Reader.TryRead(out var action))
            {
                action();
                _progress.Flush();
            }
        }
    }

    /// <summary>Waits for work that was told to stop; false when it did not end within the grace and is left to itself.</summary>
    private bool AwaitEnd(Task task)
    {
        _queue.Writer.TryComplete();
        var ended = task.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
        return ended.Wait(_grace, CancellationToken.None);
    }
}
