using System.Threading.Channels;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>Second copies.</summary>
public sealed partial class BackupEngine
{
    // Each is told with its error; the warnings name them all.
    private const int MostFailedCopies = 20;

    /// <inheritdoc />
    public async Task<IReadOnlyList<MissingCopy>> ListMissingAsync(CopyOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = CopySettings.Resolve(options, _environment);
        var retention = settings.Asked.HasCopyRetention ? RetentionPolicy.From(new RetentionOptions { WorkingDirectory = options.WorkingDirectory }, settings.Asked.ForCopies()) : null;
        var source = await OpenStoreAsync(settings.From, reporter, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = await OpenStoreAsync(settings.To, reporter, cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                return await new MirrorPlanner(source, target, reporter, _time).PlanAsync(options, retention, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>The store of the run is the one that is written: its lock and its history are concerned.</remarks>
    public IAsyncEnumerable<CopyResult> CopyAsync(CopyOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = CopySettings.Resolve(options, _environment);
        var request = new RunRequest
        {
            Operation = RunOperation.Copy,
            Source = options.Source,
            Environment = settings.From.Environment,
            Key = [.. options.Key.Take(RunRecord.MostKeys)],
            LockName = RunRequest.CopyLock,
            OpenStore = (opened, token) => OpenTargetAsync(settings.To, opened, token),
        };
        return ResultStream.Of<CopyResult>(
            (results, stop) => RunAsync(options, settings.To, reporter, request, (run, token) => CopyAsync(options, settings.From, run, results, token), static (count, _) => count, stop),
            cancellationToken);
    }

    // Before the lock is looked for, so that a folder need not be made by hand.
    private async Task<IObjectStore?> OpenTargetAsync(EngineSettings settings, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var target = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            await CopyPipeline.PrepareAsync(target, cancellationToken).ConfigureAwait(false);
            return target;
        }
        catch
        {
            await target.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<int> CopyAsync(CopyOptions options, EngineSettings from, Run run, ChannelWriter<CopyResult> results, CancellationToken cancellationToken)
    {
        var copied = new List<string>();
        CopyResult? failed = null;
        var failures = new List<CopyResult>();
        var size = 0L;
        var source = await OpenStoreAsync(from, run.Reporter, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            await foreach (var result in new CopyPipeline(source, run.RequiredStore, run.Reporter, _time).RunAsync(options, cancellationToken).ConfigureAwait(false))
            {
                if (result.Status == CopyStatus.Copied)
                {
                    copied.Add(result.Key);
                    size += result.Size;
                }
                else if (result.Status == CopyStatus.Failed)
                {
                    failed ??= result;
                    failures.AddRange(failures.Count < MostFailedCopies ? [result] : []);
                    run.Remember([$"{result.Key} was not copied: {result.Error}"]);
                }

                run.Describe(record => record with { Key = [.. copied.Take(RunRecord.MostKeys)], KeyCount = copied.Count, StoredSize = size, Copy = [.. failures] });
                await results.WriteAsync(result, cancellationToken).ConfigureAwait(false);
            }
        }

        run.HasNothingToDo = copied.Count == 0 && failed is null;
        if (copied.Count == 0 && failed is not null)
        {
            run.Describe(record => record with { Key = [failed.Key], KeyCount = 1, ErrorId = failed.ErrorId, Error = failed.Error, Recommendation = failed.Recommendation });
        }

        return copied.Count;
    }
}
