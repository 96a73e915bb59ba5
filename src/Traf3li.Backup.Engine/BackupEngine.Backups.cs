using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>Backups, tests and holds.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public Task<BackupInfo> BackupAsync(BackupOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        options = WithWays(options, settings);
        var environment = settings.Environment;
        var request = new RunRequest
        {
            Operation = RunOperation.Backup,
            Source = options.Source,
            Type = options.Type,
            Environment = environment,
            LockName = RunRequest.LockOf(options.Source, environment),
            OpenStore = OpeningNew(options, settings),
        };
        return RunAsync(
            options,
            settings,
            reporter,
            request,
            async (run, token) =>
            {
                BackupInfo backup;
                if (options.Source == BackupSource.Redis)
                {
                    backup = await RedisPipeline(settings, run.RequiredStore, run.Reporter, run.ConfirmLockAsync)
                        .RunAsync(RedisTargetOf(options, settings), options, environment, settings.MaxFileSize, token).ConfigureAwait(false);
                }
                else
                {
                    using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: false, run.Reporter, _time, token).ConfigureAwait(false);
                    var pipeline = new BackupPipeline(run.RequiredStore, new BufferPool(), run.Reporter, _time) { BeforeManifest = run.ConfirmLockAsync };
                    backup = await pipeline.RunAsync(connection, options, environment, settings.MaxFileSize, token).ConfigureAwait(false);
                }

                run.Remember(backup.Warning);
                run.Describe(record => record with
                {
                    Key = [backup.Key],
                    KeyCount = 1,
                    Set = backup.Manifest is { } manifest ? new RetentionSet(environment, options.Source, RetentionSet.Describe(manifest.Selection), IsSafety: false).ToString() : null,
                    StoredSize = backup.Size,
                    LogicalSize = backup.LogicalSize,
                    ArchiveSize = backup.Manifest?.ArchiveSize,
                    DocumentCount = backup.DocumentCount,
                });
                return backup;
            },
            static (backup, addition) => backup with { Notification = addition.Notification, Copy = addition.Copy, Warning = [.. backup.Warning, .. addition.Warning] },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<VerificationResult> TestAsync(VerificationOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var backup = options.Backup;
        return RunAsync(
            options,
            settings,
            reporter,
            TestRequest(options, backup, settings, options.Depth),
            async (run, token) =>
            {
                SourceParameters.Require(options);
                using var scratch = options is { Depth: VerificationDepth.Restore, Backup.Source: BackupSource.MongoDB }
                    ? await MongoConnection.OpenAsync(settings.TestMongoUri, options.ScratchCredential, forWriting: true, run.Reporter, _time, token).ConfigureAwait(false)
                    : null;
                var placed = await FindPlaceAsync(options, settings, backup, run.Store, mustBeWhole: false, run.Reporter, token).ConfigureAwait(false);
                await using var place = placed.ConfigureAwait(false);
                var pipeline = new VerificationPipeline(backup.Path is null ? placed.Store : null, new BufferPool(), run.Reporter, _time)
                {
                    Scratch = scratch,
                    ScratchRedis = ScratchRedisOf(options, settings),
                    RedisLimits = backup.Source == BackupSource.Redis ? LimitsOf(settings) : new(),
                };
                var result = await pipeline.RunAsync(options, token).ConfigureAwait(false);
                run.Remember(result.Warning);
                run.Describe(record => Describe(record, result));
                return result;
            },
            static (result, addition) => result with { Notification = addition.Notification, Warning = [.. result.Warning, .. addition.Warning] },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<BackupHold> ProtectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken) =>
        HoldAsync(options, RunOperation.Protection, reporter, (pipeline, token) => pipeline.ProtectAsync(options.Key, options.Reason, options.Until?.ToUniversalTime(), token), cancellationToken);

    /// <inheritdoc />
    public Task<BackupHold?> UnprotectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken) =>
        HoldAsync(options, RunOperation.Unprotection, reporter, (pipeline, token) => pipeline.UnprotectAsync(options.Key, token), cancellationToken);

    // The first backup makes its folder, but not one that fails for a setting that is missing.
    private Func<IEngineReporter, CancellationToken, Task<IObjectStore?>> OpeningNew(BackupOptions options, EngineSettings settings) => async (reporter, cancellationToken) =>
    {
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        if (settings.Destination is FileSystemDestination { Folder: var folder } && !Directory.Exists(folder))
        {
            if (options.Source == BackupSource.Redis)
            {
                _ = RedisTargetOf(options, settings);
            }
            else
            {
                _ = settings.MongoUri;
            }

            await CopyPipeline.PrepareAsync(store, cancellationToken).ConfigureAwait(false);
        }

        return store;
    };

    private RunRequest TestRequest(RunOptions options, BackupInfo backup, EngineSettings settings, VerificationDepth? depth) => new()
    {
        Operation = RunOperation.Test,
        Source = backup.Source,
        Type = backup.Type,
        Environment = backup.Environment.Length > 0 ? backup.Environment : settings.Environment,
        Key = [backup.Key],
        Depth = depth,
        MayOnlyRead = true,
        OpenStore = Opening(options, settings, backup),
    };

    // What a backup is wrong in is the result of its test, and the failure of the run.
    private static RunRecord Describe(RunRecord record, VerificationResult result)
    {
        var failure = result.IsValid ? null : new VerificationFailedException(result.Backup.Key, string.Join(' ', result.Problem));
        return record with
        {
            StoredSize = result.BytesRead,
            LogicalSize = result.LogicalSize,
            DocumentCount = result.DocumentCount,
            ErrorId = failure?.ErrorId,
            Error = failure?.Message,
            Recommendation = failure?.Recommendation,
        };
    }

    private Task<T> HoldAsync<T>(HoldOptions options, RunOperation operation, IEngineReporter reporter, Func<HoldPipeline, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var key = Catalog.BackupKey.TryParse(options.Key);
        var request = new RunRequest
        {
            Operation = operation,
            Source = key?.Source,
            Type = key?.Type,
            Environment = key?.Environment ?? settings.Environment,
            Key = [options.Key],
            OpenStore = Opening(settings),
        };
        return RunAsync(
            options,
            settings,
            reporter,
            request,
            async (run, token) =>
            {
                var result = await work(new HoldPipeline(run.RequiredStore, run.Reporter, _time), token).ConfigureAwait(false);
                run.HasNothingToDo = result is null;
                return result;
            },
            static (result, _) => result,
            cancellationToken);
    }
}
