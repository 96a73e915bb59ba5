using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine;

/// <summary>Runs that failed before they began.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task RecordFailureAsync(RunOptions options, BackupException failure, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var request = options is RestoreOptions { Backup: var backup }
            ? RestoreRequest(options, backup, settings, needsLock: false)
            : new RunRequest { Operation = RunOperation.Removal, Environment = settings.Environment, OpenStore = Opening(settings) };
        try
        {
            await RunAsync(options, settings, reporter, request, (_, _) => Task.FromException<bool>(failure), static (result, _) => result, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException)
        {
            // The failure itself, or one of the same store: whoever has planned throws the first.
        }
    }
}
