using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>Restores.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<RestorePlan> PlanRestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        if (options.Backup.Source == BackupSource.MongoDB)
        {
            SourceParameters.Require(options);
        }

        var settings = Resolve(options);
        var opened = options.Backup.Path is null ? null : await Opening(settings, isOptional: true)(reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            var place = await FindPlaceAsync(options, settings, options.Backup, opened, mustBeWhole: true, reporter, cancellationToken).ConfigureAwait(false);
            await using (place.ConfigureAwait(false))
            {
                return await place.ReadAsync(found => PlanRestoreAsync(options with { Backup = found.Backup }, settings, found.Store, reporter, cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            if (opened is not null)
            {
                await opened.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public Task<RestoreResult> RestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        return RunAsync(
            options,
            settings,
            reporter,
            RestoreRequest(options, options.Backup, settings, needsLock: true),
            async (run, token) =>
            {
                RestoreResult result;
                var place = await FindPlaceAsync(options, settings, options.Backup, run.Store, mustBeWhole: true, run.Reporter, token).ConfigureAwait(false);
                await using (place.ConfigureAwait(false))
                {
                    result = await place.ReadAsync(found => RestoreAsync(options with { Backup = found.Backup }, settings, found.Store, run, token)).ConfigureAwait(false);
                }

                run.Remember(result.Warning);
                run.Describe(record => record with
                {
                    StoredSize = options.Backup.Size,
                    LogicalSize = result.Size,
                    ArchiveSize = result.Redis is null ? null : result.ArchiveSize,
                    DocumentCount = result.DocumentCount,
                    SafetyBackupKey = result.SafetyBackupKey,
                });
                return result;
            },
            static (result, addition) => result with { Notification = addition.Notification, Warning = [.. result.Warning, .. addition.Warning] },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<RdbExport> ExportAsync(ExportOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        return RunAsync(
            options,
            settings,
            reporter,
            RestoreRequest(options, options.Backup, settings, needsLock: false),
            async (run, token) =>
            {
                RdbExport export;
                var place = await FindPlaceAsync(options, settings, options.Backup, run.Store, mustBeWhole: true, run.Reporter, token).ConfigureAwait(false);
                await using (place.ConfigureAwait(false))
                {
                    export = await place.ReadAsync(found =>
                        new RdbExportPipeline(options.Backup.Path is null ? found.Store : null, new BufferPool(), run.Reporter, _time).RunAsync(options with { Backup = found.Backup }, token)).ConfigureAwait(false);
                }

                run.Remember(export.Warning);
                run.Describe(record => record with { StoredSize = options.Backup.Size });
                return export;
            },
            static (export, _) => export,
            cancellationToken);
    }

    private RunRequest RestoreRequest(RunOptions options, BackupInfo backup, EngineSettings settings, bool needsLock) => new()
    {
        Operation = RunOperation.Restore,
        Source = backup.Source,
        Type = backup.Type,
        Environment = settings.Environment,
        Key = [backup.Key],
        LockName = needsLock ? RunRequest.LockOf(backup.Source, settings.Environment) : null,
        MayOnlyRead = true,
        OpenStore = Opening(options, settings, backup),
    };

    private async Task<RestoreResult> RestoreAsync(RestoreOptions options, EngineSettings settings, IObjectStore? store, Run run, CancellationToken cancellationToken)
    {
        SourceParameters.Require(options);
        if (options.Backup.Source == BackupSource.Redis)
        {
            return await RedisRestore(options, settings, store, run.Reporter, run).RunAsync(options, settings.Environment, cancellationToken).ConfigureAwait(false);
        }

        using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: true, run.Reporter, _time, cancellationToken).ConfigureAwait(false);
        var pipeline = new RestorePipeline(connection, store, new BufferPool(), run.Reporter, _time) { SafetyStore = run.Store, BeforeManifest = run.ConfirmLockAsync };
        return await pipeline.RunAsync(options, settings.Environment, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RestorePlan> PlanRestoreAsync(RestoreOptions options, EngineSettings settings, IObjectStore? store, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        if (options.Backup.Source == BackupSource.Redis)
        {
            return await RedisRestore(options, settings, store, reporter).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        }

        using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: true, reporter, _time, cancellationToken).ConfigureAwait(false);
        return await new RestorePipeline(connection, store, new BufferPool(), reporter, _time).PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }

    private RedisRestorePipeline RedisRestore(RestoreOptions options, EngineSettings settings, IObjectStore? store, IEngineReporter reporter, Run? run = null) =>
        new(RedisUri.Parse(settings.RedisUrl, options.Credential), store, new BufferPool(), LimitsOf(settings), reporter, _time)
        {
            SafetyStore = run?.Store,
            BeforeManifest = run is null ? null : run.ConfirmLockAsync,
        };
}
