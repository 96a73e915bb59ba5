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
        options = WithWays(options, settings);
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
    public async IAsyncEnumerable<BackupInfo> ListAsync(
        BackupQuery query, IEngineReporter reporter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = Resolve(query);
        var places = SettingsOfPlaces(query, settings);
        if (places.Length > 1)
        {
            await foreach (var backup in new BackupPlaces(places, reporter, _time).ListAsync(query, cancellationToken).ConfigureAwait(false))
            {
                yield return backup;
            }

            yield break;
        }

        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
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
            var pipeline = await OpenRetentionAsync(store, settings.Environment, reporter, cancellationToken).ConfigureAwait(false);
            return await pipeline.PlanAsync(policy, options.Environment, options.Explain, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ConfigurationSetting> GetConfiguration(ConfigurationQuery query) => SettingsResolver.Resolve(query, _environment).Describe();

    /// <inheritdoc />
    public Task<BackupInfo> OpenPathAsync(PathQuery query, IEngineReporter reporter, CancellationToken cancellationToken) =>
        PathDescription.DescribeAsync(query.Path, new BufferPool(), cancellationToken);

    private static RedisTarget? ScratchRedisOf(VerificationOptions options, EngineSettings settings) =>
        options is { Depth: VerificationDepth.Restore, Backup.Source: BackupSource.Redis } && settings.TestRedisUrl is { } url
            ? RedisUri.Parse(url, options.ScratchCredential, KnownSettings.TestRedisUrl.Name)
            : null;

    private static RedisTarget RedisTargetOf(BackupOptions options, EngineSettings settings)
    {
        var target = RedisUri.Parse(settings.RedisUrl, options.Credential);
        return target with { PreferReplica = options.PreferReplica ?? target.PreferReplica };
    }

    // How a server is read is chosen for it, and so as often in the environment as on the command line.
    private static BackupOptions WithWays(BackupOptions options, EngineSettings settings) => options.Source == BackupSource.Redis
        ? options with { Method = settings.Require(KnownSettings.RedisMethod) }
        : options with { Consistency = settings.IsSet(KnownSettings.Consistency) ? settings.Require(KnownSettings.Consistency) : null };

    private static ReplicationOptions LimitsOf(EngineSettings settings) => new()
    {
        OverallTimeout = settings.Require(KnownSettings.RedisTimeout),
        IdleTimeout = settings.Require(KnownSettings.RedisIdleTimeout),
        ForkTimeout = settings.Require(KnownSettings.RedisForkTimeout),
    };

    private RedisBackupPipeline RedisPipeline(EngineSettings settings, IObjectStore store, IEngineReporter reporter, Func<CancellationToken, Task>? beforeManifest = null) =>
        new(store, new BufferPool(), LimitsOf(settings), reporter, _time) { BeforeManifest = beforeManifest };

    // A destination that is configured as the second one has its own login and retention.
    private EngineSettings Resolve(EngineOptions options)
    {
        var settings = SettingsResolver.Resolve(options, _environment);
        return options.Destination is not null && options.DestinationCredential is null && settings.IsAtCopies ? settings.ForCopies() : settings;
    }

    private Task<IObjectStore> OpenStoreAsync(EngineSettings settings, IEngineReporter reporter, CancellationToken cancellationToken) =>
        StoreFactory.OpenAsync(settings.Destination, settings, reporter, _time, cancellationToken);
}
