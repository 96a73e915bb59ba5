using System.Management.Automation;
using Traf3li.Backup.Errors;
using Traf3li.Backup.Progress;

namespace Traf3li.Backup.Commands;

/// <summary>
/// A cmdlet whose work runs on the pool. Everything that PowerShell allows only on its own thread (objects, errors, questions) goes
/// through the members with Async in their names; stopping only signals, and work that does not listen is left behind after a grace.
/// </summary>
public abstract class AsyncPSCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private PipelinePump? _pump;

    /// <summary>How long work may take to clean up after it was told to stop.</summary>
    internal TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the engine reports to while a record is processed.</summary>
    private protected IEngineReporter Reporter { get; private set; } = null!;

    private PipelinePump Pump => _pump ?? throw new InvalidOperationException("Only work that runs may speak to the pipeline.");

    /// <summary>Does the work of one record, on the pool.</summary>
    protected abstract Task ProcessRecordAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    protected sealed override void ProcessRecord()
    {
        var pump = new PipelinePump(new ProgressBoard(WriteProgress, TimeProvider.System), StopGrace);
        PrepareRecord();
        _pump = pump;
        Reporter = new EngineReporter(this, pump);
        try
        {
            pump.Run(RunAsync, _stop);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (BackupException exception)
        {
            Report(exception);
        }
    }

    /// <inheritdoc />
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>What must happen on the pipeline thread before the work of a record.</summary>
    private protected virtual void PrepareRecord()
    {
    }

    /// <summary>Whether a failure ends the command, or only this record.</summary>
    private protected virtual bool IsTerminating(BackupException exception) => true;

    /// <summary>Emits an object.</summary>
    private protected ValueTask WriteObjectAsync(object value) => Pump.PostAsync(() => WriteObject(value));

    /// <summary>Reports the failure of one of several things, and goes on when others can still succeed.</summary>
    private protected ValueTask WriteErrorAsync(BackupException exception) => Pump.PostAsync(() => Report(exception));

    /// <summary>Asks as <see cref="Cmdlet.ShouldProcess(string, string, string, out ShouldProcessReason)" /> does.</summary>
    private protected Task<(bool Agreed, ShouldProcessReason Reason)> ShouldProcessAsync(
        string description, string question, string caption, CancellationToken cancellationToken) =>
        Pump.AskAsync(
            () =>
            {
                var agreed = ShouldProcess(description, question, caption, out var reason);
                return (agreed, reason);
            },
            cancellationToken);

    /// <summary>Asks as <see cref="Cmdlet.ShouldContinue(string, string)" /> does.</summary>
    private protected Task<bool> ShouldContinueAsync(string question, string caption, CancellationToken cancellationToken) =>
        Pump.AskAsync(() => ShouldContinue(question, caption), cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the signal to stop.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    // What PowerShell itself throws (a stop, a preference) is thrown on its own thread and never comes through here.
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ProcessRecordAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not BackupException && !cancellationToken.IsCancellationRequested)
        {
            throw new UnexpectedErrorException(exception);
        }
    }

    private void Report(BackupException exception)
    {
        var record = ErrorRecordFactory.Create(exception);
        if (IsTerminating(exception))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }
}
