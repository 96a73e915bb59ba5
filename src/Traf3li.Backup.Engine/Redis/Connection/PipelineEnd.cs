using System.Runtime.ExceptionServices;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The end of a <see cref="RedisPipeline" />, which all of its parts wait for beside what they wait for.</summary>
internal sealed class PipelineEnd : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private Exception? _reason;

    /// <summary>Cancelled at the end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Also ends waiting: that of whoever uses the pipeline.</summary>
    public CancellationToken Caller { get; set; }

    /// <summary>Ends it; of several reasons the first counts.</summary>
    public void Set(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
        {
            _source.Cancel();
        }
    }

    /// <summary>Throws the reason, where there is one.</summary>
    public void ThrowIfSet()
    {
        if (Volatile.Read(ref _reason) is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
        }
    }

    /// <summary>Enters a semaphore.</summary>
    public void Wait(SemaphoreSlim semaphore)
    {
        if (!semaphore.Wait(0, CancellationToken.None))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(Token, Caller);
            try
            {
                semaphore.Wait(either.Token);
            }
            catch (OperationCanceledException)
            {
                ThrowEnded();
            }
        }
    }

    /// <summary>Enters a semaphore without holding a thread.</summary>
    public ValueTask WaitAsync(SemaphoreSlim semaphore) =>
        semaphore.Wait(0, CancellationToken.None) ? ValueTask.CompletedTask : new ValueTask(WaitAsync(semaphore.WaitAsync));

    /// <summary>Waits for a task that the end does not end by itself.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task)
    {
        await WaitAsync(token => task.WaitAsync(token)).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose() => _source.Dispose();

    private async Task WaitAsync(Func<CancellationToken, Task> wait)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Token, Caller);
        try
        {
            await wait(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowEnded();
        }
    }

    private void ThrowEnded()
    {
        ThrowIfSet();
        throw new OperationCanceledException(Caller);
    }
}
