using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>The lock of a run, or none where it needs none or may only read.</summary>
internal sealed class RunLock : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();

    /// <summary>Signalled when another run has taken the lock.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lock that a request names.</summary>
    public static Task<RunLock> AcquireAsync(
        IObjectStore? store, RunRequest request, RunOptions options, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken) =>
        Task.FromResult(new RunLock());

    /// <summary>Makes sure that the lock is still held.</summary>
    public Task ConfirmAsync(CancellationToken cancellationToken)
    {
        _lost.Token.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    /// <summary>What the failure of a run was, when it was that the lock was lost.</summary>
    public Exception Explain(Exception exception, CancellationToken cancellationToken) =>
        _lost.IsCancellationRequested && exception is OperationCanceledException && !cancellationToken.IsCancellationRequested ? new BackupLockLostException("") : exception;

    /// <summary>Gives the lock back. A failure is a warning.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _lost.IsCancellationRequested ? Task.FromCanceled(_lost.Token) : Task.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _lost.Dispose();
        return ValueTask.CompletedTask;
    }
}
