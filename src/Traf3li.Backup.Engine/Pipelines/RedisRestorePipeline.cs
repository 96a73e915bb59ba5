using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Plans and runs a restore of Redis: store → decompression → parser → commands on the target, and then what the backup lacks is deleted and what
/// was written is compared. It is not atomic, so the target's marker says what is under way.
/// </summary>
internal sealed class RedisRestorePipeline(
    RedisTarget given, IObjectStore? store, BufferPool pool, ReplicationOptions limits, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>How much it takes at once.</summary>
    public RedisRestoreSizes Sizes { get; init; } = new();

    /// <summary>Where a safety backup goes; null puts it where the backup is.</summary>
    public IObjectStore? SafetyStore { get; init; }

    /// <summary>What has to hold before the manifest of a safety backup is written, which cannot be taken back; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeManifest { get; init; }

    /// <summary>Says what a restore would do. Writes nothing.</summary>
    public async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        var layout = await ReadLayoutAsync(options, cancellationToken).ConfigureAwait(false);
        var host = layout.Target.Host;
        var foreign = await HostEnvironment.FindForeignAsync(store, options.Backup, host, options.WorkingDirectory, cancellationToken).ConfigureAwait(false);
        return new RestorePlan
        {
            Backup = options.Backup,
            Server = layout.Target.Description,
            Database = [.. layout.Actions.Select(action => action.Namespace[2..])],
            Action = layout.Actions,
            KeyPattern = options.KeyPattern,
            HostEnvironment = foreign,
            Warning = foreign is null ? layout.Warnings : [.. layout.Warnings, HostEnvironment.Warning(options.Backup, host, foreign)],
        };
    }

    /// <summary>Restores.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="environment">The label that a safety backup gets.</param>
    /// <param name="cancellationToken">Stops it; what was written stays, and the marker says so.</param>
    public async Task<RestoreResult> RunAsync(RestoreOptions options, string environment, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var layout = await ReadLayoutAsync(options, cancellationToken).ConfigureAwait(false);
        foreach (var warning in layout.Warnings)
        {
            reporter.Warning(warning);
        }

        var safety = await TakeSafetyBackupAsync(options, layout, environment, cancellationToken).ConfigureAwait(false);
        var scope = Scope(options);
        var marker = await RestoreMarker.SetAsync(layout.Target.MarkerNode, limits.Connection, time, options.Backup.Key, scope, safety, cancellationToken).ConfigureAwait(false);
        await using var ownership = marker.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, marker.Lost);
        using var progress = new OperationProgress(reporter, time, $"Restoring {options.Backup.Key} to {layout.Target.Host}", options.Backup.LogicalSize);
        reporter.Verbose($"Restoring {scope} of {options.Backup.Key} into {layout.Target.Host} ({layout.Target.Description.Version}).");
        RedisRestoreOutcome outcome;
        try
        {
            var reader = new RedisBackupReader(options.Backup, store, pool);
            outcome = await new RedisRestoreRun(layout, reader, options, Sizes, limits.Connection, time).RunAsync(progress, stop.Token).ConfigureAwait(false);
            await marker.RemoveAsync(StillUnfinished(layout, options, scope), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (marker.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw RestoreMarker.TakenOver(layout.Target.MarkerNode);
        }
        catch (OperationCanceledException)
        {
            reporter.Warning(State(layout, safety));
            throw;
        }
        catch (BackupException exception) when (exception is not RestoreInProgressException)
        {
            throw new RestoreFailedException(exception.Message, State(layout, safety), exception);
        }

        foreach (var warning in outcome.Warnings)
        {
            reporter.Warning(warning);
        }

        return new RestoreResult
        {
            Backup = options.Backup,
            Server = layout.Target.Description,
            SafetyBackupKey = safety,
            Namespace = [],
            Redis = outcome.Result,
            ArchiveSize = outcome.Bytes,
            Duration = time.GetElapsedTime(started),
            Warning = [.. layout.Warnings, .. outcome.Warnings],
        };
    }

    private static string State(RedisRestoreLayout layout, string? safety) =>
        $"{layout.Target.Host} holds a part of the backup now; {(safety is null ? "no safety backup was taken" : $"what was there before is in {safety}")}.";

    // The words stand in the marker: two restores with the same words write the same keys.
    private static string Scope(RestoreOptions options)
    {
        var databases = options.DatabaseIndex.Count == 0 ? "all databases" : string.Join(", ", options.DatabaseIndex.Distinct().Order().Select(RedisRestorePlanner.Name));
        var keys = options.KeyPattern.Count == 0 ? "all keys" : $"keys like {string.Join(" or ", options.KeyPattern.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}";
        return $"{keys}, {databases}, {(options.Merge ? "merged" : "exact")}";
    }

    /// <summary>
    /// What an earlier restore left half done stays so, unless this one has written everything or just the same: then the server's keys are those
    /// of this backup where it matters.
    /// </summary>
    private static UnfinishedRestore? StillUnfinished(RedisRestoreLayout layout, RestoreOptions options, string scope)
    {
        var isWhole = layout.Selection.TakesAll && !options.Merge;
        return isWhole || (layout.Unfinished is { } earlier && earlier.BackupKey == options.Backup.Key && earlier.Scope == scope) ? null : layout.Unfinished;
    }

    private async Task<RedisRestoreLayout> ReadLayoutAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        SourceParameters.Require(options);
        if (store is not null && options.Backup is { Path: null, Manifest: null })
        {
            // A manifest that cannot be read does not make its backup a legacy one: this says why it cannot.
            await new BackupCatalog(store).TryReadManifestAsync(options.Backup.Key, cancellationToken).ConfigureAwait(false);
        }

        return await new RedisRestorePlanner(given, Sizes, limits.Connection, store, pool, reporter, time).PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> TakeSafetyBackupAsync(RestoreOptions options, RedisRestoreLayout layout, string environment, CancellationToken cancellationToken)
    {
        if (options.NoSafetyBackup || !layout.TouchesLiveData)
        {
            return null;
        }

        if ((SafetyStore ?? store) is not { } safetyStore)
        {
            throw new SafetyBackupFailedException("there is no destination for it; give -Destination.");
        }

        try
        {
            var backup = new BackupOptions
            {
                WorkingDirectory = options.WorkingDirectory,
                Source = BackupSource.Redis,
                Type = BackupType.Manual,
                Tag = new Dictionary<string, string>(StringComparer.Ordinal) { [RestorePipeline.SafetyTag] = options.Backup.Key },
            };
            var taken = await new RedisBackupPipeline(safetyStore, pool, limits, reporter, time) { BeforeManifest = BeforeManifest }
                .RunAsync(given with { PreferReplica = false }, backup, environment, maxSize: null, cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"Safety backup of {layout.Target.Host}: {taken.Key}");
            return taken.Key;
        }
        catch (BackupException exception)
        {
            throw new SafetyBackupFailedException(exception.Message, exception);
        }
    }
}
