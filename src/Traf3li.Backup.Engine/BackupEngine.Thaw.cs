using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine;

/// <summary>Archived backups.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<ThawResult?> PlanThawAsync(ThawOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        if (options.Backup.Path is not null)
        {
            return null;
        }

        var place = await PlacesOf(options, Resolve(options), reporter).FindArchivedAsync(options.Backup, options.Operation == RunOperation.Restore, cancellationToken).ConfigureAwait(false);
        if (place is null)
        {
            return null;
        }

        await using (place.ConfigureAwait(false))
        {
            return await new ThawPipeline(place.Store!, _time).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public Task<ThawResult?> ThawAsync(ThawOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var backup = options.Backup;
        var request = options.Operation == RunOperation.Test
            ? TestRequest(options, backup, settings, options.Depth)
            : RestoreRequest(options, backup, settings, needsLock: false);
        return RunAsync(
            options,
            settings,
            reporter,
            request,
            async (run, token) =>
            {
                run.HasNothingToDo = true;
                var place = await PlacesOf(options, settings, run.Reporter).FindArchivedAsync(backup, options.Operation == RunOperation.Restore, token).ConfigureAwait(false);
                if (place is null)
                {
                    run.IsForgettable = true;
                    return null;
                }

                await using (place.ConfigureAwait(false))
                {
                    var result = await new ThawPipeline(place.Store!, _time).RunAsync(options, token).ConfigureAwait(false);
                    run.IsForgettable = result is null;
                    run.Remember(result is null ? [] : [result.Message]);
                    return result;
                }
            },
            static (result, _) => result,
            cancellationToken);
    }
}
