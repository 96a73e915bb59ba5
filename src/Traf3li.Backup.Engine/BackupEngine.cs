using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Dump;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>The engine as the cmdlets see it. The module creates it by name in the engine's own load context.</summary>
public sealed partial class BackupEngine : IBackupEngine
{
    private readonly IEnvironment _environment;
    private readonly TimeProvider _time;

    /// <summary>Creates the engine on the process's environment and the system's clock.</summary>
    public BackupEngine()
        : this(new ProcessEnvironment(), TimeProvider.System)
    {
    }

    internal BackupEngine(IEnvironment environment, TimeProvider time)
    {
        _environment = environment;
        _time = time;
    }

    /// <inheritdoc />
    public async Task<BackupPlan> PlanBackupAsync(BackupOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            if (options.Source == BackupSource.Redis)
            {
                return await RedisPipeline(settings, store, reporter).PlanAsync(RedisTargetOf(options, settings), options, settings.Environment, cancellationToken).ConfigureAwait(false);
            }

            await store.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
            using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: false, reporter, _time, cancellationToken).ConfigureAwait(false);
            var plan = await new DumpPlanner(connection, options).PlanAsync(cancellationToken).ConfigureAwait(false);
            await ReadRights.RequireAsync(connection, plan, cancellationToken).ConfigureAwait(false);
            return new BackupPlan
            {
                Key = BackupPipeline.CreateKey(options, settings.Environment, _time.GetUtcNow().UtcDateTime).ToString(),
                Destination = store.DisplayName,
                Server = await connection.GetFactsAsync(plan.Databases.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false),
                Consistency = plan.Consistency,
                Namespace = [.. plan.Items.Select(item => new PlannedNamespace(item.Description.FullName, item.Description.Type, item.EstimatedCount, item.EstimatedSize))],
                Warning = plan.Warnings,
            };
        }
    }

    /// <inheritdoc />
    public async Task<BackupInfo> BackupAsync(BackupOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            if (options.Source == BackupSource.Redis)
            {
                return await RedisPipeline(settings, store, reporter)
                    .RunAsync(RedisTargetOf(options, settings), options, settings.Environment, settings.MaxFileSize, cancellationToken).ConfigureAwait(false);
            }

            using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: false, reporter, _time, cancellationToken).ConfigureAwait(false);
            var pipeline = new BackupPipeline(store, new BufferPool(), reporter, _time);
            return await pipeline.RunAsync(connection, options, settings.Environment, settings.MaxFileSize, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BackupInfo> ListAsync(
        BackupQuery query, IEngineReporter reporter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(Resolve(query), reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await foreach (var backup in new BackupCatalog(store).ListAsync(query, cancellationToken).ConfigureAwait(false))
            {
                yield return backup;
            }
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RetentionDecision>> PlanRetentionAsync(RetentionOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var policy = RetentionPolicy.From(options, settings);
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await new RetentionPipeline(store, reporter, _time).PlanAsync(policy, options.Environment, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<RemovedBackup> RemoveExpiredAsync(
        RetentionOptions options, IEngineReporter reporter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var policy = RetentionPolicy.From(options, settings);
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await foreach (var removed in new RetentionPipeline(store, reporter, _time).RemoveAsync(policy, options.Environment, options.Agreed, cancellationToken).ConfigureAwait(false))
            {
                yield return removed;
            }
        }
    }

    /// <inheritdoc />
    public async Task<BackupHold> ProtectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(Resolve(options), reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await new HoldPipeline(store, reporter, _time).ProtectAsync(options.Key, options.Reason, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task<BackupHold?> UnprotectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(Resolve(options), reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await new HoldPipeline(store, reporter, _time).UnprotectAsync(options.Key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ConfigurationSetting> GetConfiguration(ConfigurationQuery query) => Resolve(query).Describe();

    /// <inheritdoc />
    public async Task<RestorePlan> PlanRestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken) =>
        options.Backup.Source == BackupSource.Redis
            ? await WithRedisRestoreAsync(options, reporter, (pipeline, _) => pipeline.PlanAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false)
            : await WithRestoreAsync(options, reporter, (pipeline, _) => pipeline.PlanAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async Task<RestoreResult> RestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken) =>
        options.Backup.Source == BackupSource.Redis
            ? await WithRedisRestoreAsync(options, reporter, (pipeline, settings) => pipeline.RunAsync(options, settings.Environment, cancellationToken), cancellationToken)
                .ConfigureAwait(false)
            : await WithRestoreAsync(options, reporter, (pipeline, settings) => pipeline.RunAsync(options, settings.Environment, cancellationToken), cancellationToken)
                .ConfigureAwait(false);

    /// <inheritdoc />
    public async Task<RdbExport> ExportAsync(ExportOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        if (options.Backup.Path is not null)
        {
            return await new RdbExportPipeline(store: null, new BufferPool(), reporter, _time).RunAsync(options, cancellationToken).ConfigureAwait(false);
        }

        var store = await OpenStoreAsync(Resolve(options), reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await new RdbExportPipeline(store, new BufferPool(), reporter, _time).RunAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public Task<BackupInfo> OpenPathAsync(PathQuery query, IEngineReporter reporter, CancellationToken cancellationToken) =>
        PathDescription.DescribeAsync(query.Path, new BufferPool(), cancellationToken);

    /// <inheritdoc />
    public async Task<VerificationResult> TestAsync(VerificationOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        SourceParameters.Require(options);
        var settings = Resolve(options);
        using var scratch = options is { Depth: VerificationDepth.Restore, Backup.Source: BackupSource.MongoDB }
            ? await MongoConnection.OpenAsync(settings.TestMongoUri, options.ScratchCredential, forWriting: true, reporter, _time, cancellationToken).ConfigureAwait(false)
            : null;
        if (options.Backup.Path is not null)
        {
            return await new VerificationPipeline(store: null, new BufferPool(), reporter, _time) { Scratch = scratch, ScratchRedis = ScratchRedisOf(options, settings), RedisLimits = options.Backup.Source == BackupSource.Redis ? LimitsOf(settings) : new ReplicationOptions() }.RunAsync(options, cancellationToken).ConfigureAwait(false);
        }

        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await new VerificationPipeline(store, new BufferPool(), reporter, _time) { Scratch = scratch, ScratchRedis = ScratchRedisOf(options, settings), RedisLimits = options.Backup.Source == BackupSource.Redis ? LimitsOf(settings) : new ReplicationOptions() }.RunAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RedisTarget? ScratchRedisOf(VerificationOptions options, EngineSettings settings) =>
        options is { Depth: VerificationDepth.Restore, Backup.Source: BackupSource.Redis } && settings.TestRedisUrl is { } url
            ? RedisUri.Parse(url, options.ScratchCredential, KnownSettings.TestRedisUrl.Name)
            : null;

    private static RedisTarget RedisTargetOf(BackupOptions options, EngineSettings settings)
    {
        var target = RedisUri.Parse(settings.RedisUrl, options.Credential);
        return target with { PreferReplica = options.PreferReplica ?? target.PreferReplica };
    }

    private static ReplicationOptions LimitsOf(EngineSettings settings) => new()
    {
        OverallTimeout = settings.Require(KnownSettings.RedisTimeout),
        IdleTimeout = settings.Require(KnownSettings.RedisIdleTimeout),
        ForkTimeout = settings.Require(KnownSettings.RedisForkTimeout),
    };

    private async Task<T> WithRestoreAsync<T>(
        RestoreOptions options, IEngineReporter reporter, Func<RestorePipeline, EngineSettings, Task<T>> run, CancellationToken cancellationToken)
    {
        SourceParameters.Require(options);
        var settings = Resolve(options);
        using var connection = await MongoConnection.OpenAsync(settings.MongoUri, options.Credential, forWriting: true, reporter, _time, cancellationToken).ConfigureAwait(false);
        if (options.Backup.Path is not null && !settings.HasDestination)
        {
            return await run(new RestorePipeline(connection, store: null, new BufferPool(), reporter, _time), settings).ConfigureAwait(false);
        }

        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await run(new RestorePipeline(connection, store, new BufferPool(), reporter, _time), settings).ConfigureAwait(false);
        }
    }

    private async Task<T> WithRedisRestoreAsync<T>(
        RestoreOptions options, IEngineReporter reporter, Func<RedisRestorePipeline, EngineSettings, Task<T>> run, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var target = RedisUri.Parse(settings.RedisUrl, options.Credential);
        if (options.Backup.Path is not null && !settings.HasDestination)
        {
            return await run(new RedisRestorePipeline(target, store: null, new BufferPool(), LimitsOf(settings), reporter, _time), settings).ConfigureAwait(false);
        }

        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await run(new RedisRestorePipeline(target, store, new BufferPool(), LimitsOf(settings), reporter, _time), settings).ConfigureAwait(false);
        }
    }

    private RedisBackupPipeline RedisPipeline(EngineSettings settings, IObjectStore store, IEngineReporter reporter) =>
        new(store, new BufferPool(), LimitsOf(settings), reporter, _time);

    private EngineSettings Resolve(EngineOptions options) => SettingsResolver.Resolve(options, _environment);

    private Task<IObjectStore> OpenStoreAsync(EngineSettings settings, IEngineReporter reporter, CancellationToken cancellationToken) =>
        StoreFactory.OpenAsync(settings.Destination, settings, reporter, _time, cancellationToken);
}
