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
        var store = await Opening(settings, isOptional: options.Backup.Path is not null)(reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            if (options.Backup.Source == BackupSource.Redis)
            {
                return await RedisRestore(options, settings, store, reporter).PlanAsync(options, cancellationToken).ConfigureAwait(false);
            }

            using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: true, reporter, _time, cancellationToken).ConfigureAwait(false);
            return await new RestorePipeline(connection, store, new BufferPool(), reporter, _time).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (store is not null)
            {
                await store.DisposeAsync().ConfigureAwait(false);
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
            RestoreRequest(options.Backup, settings, needsLock: true),
            async (run, token) =>
            {
                var result = await RestoreAsync(options, settings, run, token).ConfigureAwait(false);
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
            RestoreRequest(options.Backup, settings, needsLock: false),
            async (run, token) =>
            {
                var store = options.Backup.Path is null ? run.RequiredStore : null;
                var export = await new RdbExportPipeline(store, new BufferPool(), run.Reporter, _time).RunAsync(options, token).ConfigureAwait(false);
                run.Remember(export.Warning);
                run.Describe(record => record with { StoredSize = options.Backup.Size });
                return export;
            },
            static (export, _) => export,
            cancellationToken);
    }

    private RunRequest RestoreRequest(BackupInfo backup, EngineSettings settings, bool needsLock) => new()
    {
        Operation = RunOperation.Restore,
        Source = backup.Source,
        Type = backup.Type,
        Environment = settings.Environment,
        Key = [backup.Key],
        LockName = needsLock ? RunRequest.LockOf(backup.Source, settings.Environment) : null,
        MayOnlyRead = true,
        OpenStore = Opening(settings, isOptional: backup.Path is not null),
    };

    private async Task<RestoreResult> RestoreAsync(RestoreOptions options, EngineSettings settings, Run run, CancellationToken cancellationToken)
    {
        SourceParameters.Require(options);
        if (options.Backup.Source == BackupSource.Redis)
        {
            return await RedisRestore(options, settings, run.Store, run.Reporter, run.ConfirmLockAsync).RunAsync(options, settings.Environment, cancellationToken).ConfigureAwait(false);
        }

        using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: true, run.Reporter, _time, cancellationToken).ConfigureAwait(false);
        var pipeline = new RestorePipeline(connection, run.Store, new BufferPool(), run.Reporter, _time) { BeforeManifest = run.ConfirmLockAsync };
        return await pipeline.RunAsync(options, settings.Environment, cancellationToken).ConfigureAwait(false);
    }

    private RedisRestorePipeline RedisRestore(
        RestoreOptions options, EngineSettings settings, IObjectStore? store, IEngineReporter reporter, Func<CancellationToken, Task>? beforeManifest = null) =>
        new(RedisUri.Parse(settings.RedisUrl, options.Credential), store, new BufferPool(), LimitsOf(settings), reporter, _time) { BeforeManifest = beforeManifest };
}
