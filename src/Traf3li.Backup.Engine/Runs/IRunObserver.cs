namespace Traf3li.Backup.Engine.Runs;

/// <summary>Is told of a run. What it throws becomes a warning of the run, never its failure.</summary>
internal interface IRunObserver
{
    /// <summary>The run holds its lock and begins now. Not called for a run that never came so far.</summary>
    Task OnBeginAsync(RunRecord begun, CancellationToken cancellationToken);

    /// <summary>
    /// The run has ended, well or not; also called when the lock was not had or the store not reached. The record holds what observers before
    /// this one have added. Of a run that was stopped the token is signalled within seconds.
    /// </summary>
    Task<RunAddition> OnEndAsync(RunRecord record, CancellationToken cancellationToken);
}
