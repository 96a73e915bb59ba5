using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>A run at work: its store, its reporter, and what it tells of itself for the record.</summary>
internal sealed class Run(RunReporter reporter, RunRecord begun, Func<CancellationToken, Task> confirm)
{
    /// <summary>The destination; null when the operation does without.</summary>
    public IObjectStore? Store { get; private set; }

    /// <summary>The destination of an operation that does not do without.</summary>
    public IObjectStore RequiredStore => Store ?? throw new InvalidOperationException("The run has no store.");

    /// <summary>Where to say what is done.</summary>
    public IEngineReporter Reporter { get; } = reporter;

    /// <summary>What is known of the run so far.</summary>
    public RunRecord Record { get; private set; } = begun;

    /// <summary>Whether it has found that there is nothing to do.</summary>
    public bool HasNothingToDo { get; set; }

    /// <summary>Whether it is left out of the history, because it says nothing that the last record of its kind does not.</summary>
    public bool IsForgettable { get; set; }

    /// <summary>Gives the run its store.</summary>
    public void Open(IObjectStore? store)
    {
        Store = store;
        Describe(record => record with { Destination = store?.DisplayName ?? "" });
    }

    /// <summary>Completes the record.</summary>
    public void Describe(Func<RunRecord, RunRecord> change) => Record = change(Record);

    /// <summary>Remembers warnings of the result that were not reported.</summary>
    public void Remember(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            reporter.Remember(warning);
        }
    }

    /// <summary>Makes sure that the lock is still held; called before what cannot be taken back, such as a manifest.</summary>
    /// <exception cref="BackupLockLostException">Another run has it.</exception>
    public Task ConfirmLockAsync(CancellationToken cancellationToken) => confirm(cancellationToken);
}
