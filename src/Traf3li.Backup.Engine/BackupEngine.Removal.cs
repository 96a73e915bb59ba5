using System.Threading.Channels;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>Removal of what has expired.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    /// <remarks>What was not emitted was not removed either.</remarks>
    public IAsyncEnumerable<RemovedBackup> RemoveExpiredAsync(RetentionOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var request = new RunRequest
        {
            Operation = RunOperation.Removal,
            Environment = settings.Environment,
            LockName = RunRequest.RemovalLock,
            OpenStore = Opening(settings),
        };
        return ResultStream.Of<RemovedBackup>(
            (removed, stop) => RunAsync(options, settings, reporter, request, (run, token) => RemoveAsync(options, settings, run, removed, token), static (count, _) => count, stop),
            cancellationToken);
    }

    private async Task<int> RemoveAsync(RetentionOptions options, EngineSettings settings, Run run, ChannelWriter<RemovedBackup> removed, CancellationToken cancellationToken)
    {
        var policy = RetentionPolicy.From(options, settings);
        var pipeline = await OpenRetentionAsync(run.RequiredStore, settings.Environment, run.Reporter, cancellationToken).ConfigureAwait(false);
        var keys = new List<string>();
        var (count, size) = (0, 0L);
        run.HasNothingToDo = true;
        await foreach (var item in pipeline.RemoveAsync(policy, options.Environment, options.Agreed, cancellationToken).ConfigureAwait(false))
        {
            (count, size) = (count + 1, size + item.Size);
            if (count <= RunRecord.MostKeys)
            {
                keys.Add(item.Key);
            }

            run.HasNothingToDo = false;
            run.Describe(record => record with { Key = [.. keys], KeyCount = count, StoredSize = size });
            await removed.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        }

        await ClearHistoryAsync(settings, run, cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async Task<RetentionPipeline> OpenRetentionAsync(IObjectStore store, string environment, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var query = new HistoryQuery
        {
            WorkingDirectory = "",
            Environment = environment,
            Operation = [RunOperation.Removal],
            Outcome = [RunOutcome.Good, RunOutcome.Warning, RunOutcome.NothingToDo],
            Latest = 1,
        };
        DateTime? last = null;
        await foreach (var run in new RunHistory(store).ListAsync(query, reporter, _time, cancellationToken).ConfigureAwait(false))
        {
            last = run.StartTime;
        }

        return new RetentionPipeline(store, reporter, _time)
        {
            LastRun = last,
            FailedTest = await FailedTests.ReadAsync(store, reporter, _time, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task ClearHistoryAsync(EngineSettings settings, Run run, CancellationToken cancellationToken)
    {
        try
        {
            var cleared = await new RunHistory(run.RequiredStore).ClearAsync(settings.Require(KnownSettings.HistoryDays), _time.GetUtcNow().UtcDateTime, cancellationToken).ConfigureAwait(false);
            run.Reporter.Verbose($"Records of runs that were too old: {cleared}.");
        }
        catch (Exception exception) when (exception is StoreAccessDeniedException or StoreFailedException)
        {
            run.Reporter.Warning($"Old records of runs were not removed: {exception.Message}");
        }
    }
}
