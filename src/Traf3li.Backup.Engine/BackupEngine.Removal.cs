using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine;

/// <summary>Removal of what has expired.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async IAsyncEnumerable<RemovedBackup> RemoveExpiredAsync(
        RetentionOptions options, IEngineReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Whoever reads slowly holds back the removal, so that what was not emitted was not removed either.
        var removed = Channel.CreateBounded<RemovedBackup>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var removal = RemoveAllAsync(options, Resolve(options), reporter, removed.Writer, stop.Token);
        try
        {
            await foreach (var item in removed.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await removal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await removal.ConfigureAwait(false);
    }

    private async Task RemoveAllAsync(
        RetentionOptions options, EngineSettings settings, IEngineReporter reporter, ChannelWriter<RemovedBackup> removed, CancellationToken cancellationToken)
    {
        var request = new RunRequest
        {
            Operation = RunOperation.Removal,
            Environment = settings.Environment,
            LockName = RunRequest.RemovalLock,
            OpenStore = Opening(settings),
        };
        try
        {
            await RunAsync(
                options, settings, reporter, request, (run, token) => RemoveAsync(options, settings, run, removed, token), static (count, _) => count, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            removed.TryComplete();
        }
    }

    private async Task<int> RemoveAsync(RetentionOptions options, EngineSettings settings, Run run, ChannelWriter<RemovedBackup> removed, CancellationToken cancellationToken)
    {
        var policy = RetentionPolicy.From(options, settings);
        var pipeline = new RetentionPipeline(run.RequiredStore, run.Reporter, _time);
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
