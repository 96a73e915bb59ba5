using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>The lock of a run, or none where it needs none or may only read.</summary>
internal sealed class RunLock(StoreLock? held, IEngineReporter reporter) : IAsyncDisposable
{
    /// <summary>Signalled when another run has taken the lock.</summary>
    public CancellationToken Lost => held?.Lost ?? CancellationToken.None;

    /// <summary>Takes the lock that a request names.</summary>
    /// <exception cref="BackupLockedException">Another run holds it.</exception>
    public static async Task<RunLock> AcquireAsync(
        IObjectStore? store, RunRequest request, LockOptions lockOptions, TimeSpan wait, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        if (store is null || request.LockName is not { } name)
        {
            return new RunLock(null, reporter);
        }

        try
        {
            var taking = new LockTaking(store, lockOptions, reporter, time);
            return new RunLock(await taking.TakeAsync(name, request.Operation.ToString(), wait, cancellationToken).ConfigureAwait(false), reporter);
        }
        catch (StoreAccessDeniedException exception) when (request.MayOnlyRead)
        {
            reporter.Verbose($"Going on without a lock, as this run may not write to {store.DisplayName}: {exception.Message}");
            return new RunLock(null, reporter);
        }
    }

    /// <summary>Makes sure that the lock is still held.</summary>
    /// <exception cref="BackupLockLostException">Another run has it.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken) => held?.ConfirmAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>What the failure of a run was, when it was that the lock was lost.</summary>
    public Exception Explain(Exception exception, CancellationToken cancellationToken) =>
        held is { IsLost: true } && !cancellationToken.IsCancellationRequested && exception is not BackupLockLostException
            ? new BackupLockLostException(held.Key, exception)
            : exception;

    /// <summary>Gives the lock back. A failure is a warning.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (held is null)
        {
            return;
        }

        try
        {
            await held.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            reporter.Warning($"The lock {held.Key} could not be given back and holds until its lease ends, in a few minutes: {RunErrors.Describe(exception)}");
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => held?.DisposeAsync() ?? ValueTask.CompletedTask;
}
