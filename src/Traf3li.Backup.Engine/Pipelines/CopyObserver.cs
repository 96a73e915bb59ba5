using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Copies a backup that was taken to the second destination, where one is set. A copy that fails is a warning of the run and never its failure. It
/// takes no lock, so that a mirror which is being brought up to date does not hold it up: two copies of one key compare and agree.
/// </summary>
internal sealed class CopyObserver(RunContext context) : IRunObserver
{
    /// <inheritdoc />
    public Task OnBeginAsync(RunRecord begun, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task<RunAddition> OnEndAsync(RunRecord record, CancellationToken cancellationToken)
    {
        if (record is not { Operation: RunOperation.Backup, Outcome: RunOutcome.Good or RunOutcome.Warning, Key: [var key] }
            || context.Store is not { } source || !context.Settings.HasCopyDestination || context.Settings.IsAtCopies)
        {
            return RunAddition.None;
        }

        var result = await CopyAsync(source, key, record.StoredSize, cancellationToken).ConfigureAwait(false);
        return new RunAddition
        {
            Copy = [result],
            Warning = result.Status == CopyStatus.Failed
                ? [$"The backup is good, but was not copied to {result.Destination}: {result.Error} {result.Recommendation} Copy-Traf3liBackup -Missing copies it later."]
                : [],
        };
    }

    private async Task<CopyResult> CopyAsync(IObjectStore source, string key, long? size, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stopped);
        var destination = "BACKUP_COPY_DESTINATION";
        try
        {
            var settings = context.Settings.ForCopies();
            destination = settings.Destination.DisplayName;
            var target = await StoreFactory.OpenAsync(settings.Destination, settings, context.Reporter, context.Time, stop.Token).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                var options = new CopyOptions { WorkingDirectory = context.Options.WorkingDirectory, Key = [key], ExpectedSize = size };
                await foreach (var result in new CopyPipeline(source, target, context.Reporter, context.Time).RunAsync(options, stop.Token).ConfigureAwait(false))
                {
                    return result;
                }
            }

            throw new InvalidOperationException("A copy has a result.");
        }
        catch (BackupException exception)
        {
            return CopyPipeline.Failed(key, source.DisplayName, destination, exception, context.Time.GetElapsedTime(started));
        }
        catch (OperationCanceledException exception)
        {
            return CopyPipeline.Failed(key, source.DisplayName, destination, new StoreFailedException("Copy", key, "the copy was stopped.", exception), context.Time.GetElapsedTime(started));
        }
    }
}
