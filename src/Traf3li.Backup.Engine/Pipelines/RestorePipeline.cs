using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Plans and runs a restore: store → decompression → archive → staging on the target → into place.</summary>
internal sealed class RestorePipeline(MongoConnection connection, IObjectStore? store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>The tag that marks a backup taken before a restore.</summary>
    public const string SafetyTag = "safety";

    /// <summary>Where a safety backup goes; null puts it where the backup is.</summary>
    public IObjectStore? SafetyStore { get; init; }

    /// <summary>What has to hold before the manifest of a safety backup is written, which cannot be taken back; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeManifest { get; init; }

    /// <summary>Says what a restore would do. Writes nothing.</summary>
    public async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        var (_, layout) = await ReadLayoutAsync(options, cancellationToken).ConfigureAwait(false);
        await WriteRights.RequireAsync(connection, layout, options, cancellationToken).ConfigureAwait(false);
        var hostEnvironment = await Pipelines.HostEnvironment.FindForeignAsync(store, options.Backup, connection.Host, options.WorkingDirectory, cancellationToken).ConfigureAwait(false);
        return new RestorePlan
        {
            Backup = options.Backup,
            Server = await connection.GetFactsAsync(layout.Databases.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false),
            Database = layout.Databases,
            Action = layout.Actions,
            HostEnvironment = hostEnvironment,
            Warning = hostEnvironment is null
                ? layout.Warnings
                : [.. layout.Warnings, Pipelines.HostEnvironment.Warning(options.Backup, connection.Host, hostEnvironment)],
        };
    }

    /// <summary>Restores.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="environment">The label that a safety backup gets.</param>
    /// <param name="cancellationToken">Stops it; live data is then as it was, unless it was restored in place.</param>
    public async Task<RestoreResult> RunAsync(RestoreOptions options, string environment, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (planner, layout) = await ReadLayoutAsync(options, cancellationToken).ConfigureAwait(false);
        await WriteRights.RequireAsync(connection, layout, options, cancellationToken).ConfigureAwait(false);
        if (await new RestoreRecovery(connection, pool, reporter).RecoverAsync(layout.Databases, cancellationToken).ConfigureAwait(false))
        {
            // What was finished has changed what is live.
            (planner, layout) = await ReadLayoutAsync(options, cancellationToken).ConfigureAwait(false);
        }

        foreach (var warning in layout.Warnings)
        {
            reporter.Warning(warning);
        }

        var isTouched = layout.Actions.Any(action => action.TouchesLiveData);
        var safety = isTouched ? await TakeSafetyBackupAsync(options, layout.Databases, environment, cancellationToken).ConfigureAwait(false) : null;
        var warnings = new List<string>(layout.Warnings);
        async Task SaveLateAsync(string database, CancellationToken token)
        {
            if (await TakeSafetyBackupAsync(options, [database], environment, token).ConfigureAwait(false) is { } key)
            {
                safety ??= key;
                warnings.Add($"The database {database} came to be while the backup ran; what was live there is in a safety backup of its own: {key}");
                reporter.Warning(warnings[^1]);
            }
        }

        using var progress = new OperationProgress(reporter, time, $"Restoring {options.Backup.Key} to {connection.Host}", options.Backup.LogicalSize);
        reporter.Verbose($"Restoring {layout.Targets.Count} namespaces into {string.Join(", ", layout.Databases)} on {connection.Host}{(options.InPlace ? ", in place" : ", staged beside the live ones")}.");
        var dump = await OpenDumpAsync(options, planner, cancellationToken).ConfigureAwait(false);
        RestoreOutcome outcome;
        await using (dump.ConfigureAwait(false))
        {
            outcome = await new MongoRestorer(connection, pool, planner, options, SaveLateAsync, time).RunAsync(dump, layout, progress, cancellationToken).ConfigureAwait(false);
        }

        foreach (var warning in outcome.Warnings)
        {
            reporter.Warning(warning);
        }

        return new RestoreResult
        {
            Backup = options.Backup,
            Server = await connection.GetFactsAsync(layout.Databases.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false),
            SafetyBackupKey = safety,
            Namespace = outcome.Namespaces,
            Dropped = outcome.Dropped,
            OplogEntryCount = outcome.OplogEntries,
            RefusedPath = outcome.RefusedFolder,
            Duration = time.GetElapsedTime(started),
            Warning = [.. warnings, .. outcome.Warnings],
        };
    }

    private static bool TakesEntry(RestorePlanner planner, RestoreOptions options, NamespaceManifest item) =>
        CollectionCatalog.IsUsersAndRoles(item.Database, item.Collection)
            ? options.IncludeUsersAndRoles
            : planner.Takes(item.Database, item.Collection);

    private Task<Archive.IDumpReader> OpenDumpAsync(RestoreOptions options, RestorePlanner planner, CancellationToken cancellationToken) =>
        BackupReader.OpenAsync(options.Backup, store, item => TakesEntry(planner, options, item), pool, cancellationToken);

    private async Task<(RestorePlanner Planner, RestoreLayout Layout)> ReadLayoutAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        if (store is not null && options.Backup is { Path: null, Manifest: null })
        {
            // A manifest that cannot be read does not make its backup a legacy one: this says why it cannot.
            await new BackupCatalog(store).TryReadManifestAsync(options.Backup.Key, cancellationToken).ConfigureAwait(false);
        }

        _ = CommitQuorum.Parse(options.CommitQuorum);
        var planner = new RestorePlanner(connection, options);
        var dump = await BackupReader.OpenAsync(options.Backup, store, _ => false, pool, cancellationToken).ConfigureAwait(false);
        await using (dump.ConfigureAwait(false))
        {
            var namespaces = RestoreNamespace.ReadAll(dump.Prelude, options.Backup.Manifest, dump.Name);
            var layout = await planner.PlanAsync(namespaces, options.Backup.Manifest, cancellationToken).ConfigureAwait(false);
            return (planner, layout with { HasOplog = options.Backup.Manifest is { } manifest ? manifest.Oplog?.Count > 0 : dump.Prelude.Namespaces.Any(item => item.IsOplog) });
        }
    }

    private async Task<string?> TakeSafetyBackupAsync(RestoreOptions options, IReadOnlyList<string> databases, string environment, CancellationToken cancellationToken)
    {
        if (options.NoSafetyBackup)
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
                Type = BackupType.Manual,
                Database = [.. databases.Select(NamespacePattern.Escape)],
                NoUsersAndRoles = true,
                Tag = new Dictionary<string, string>(StringComparer.Ordinal) { [SafetyTag] = options.Backup.Key },
            };
            var taken = await new BackupPipeline(safetyStore, pool, reporter, time) { BeforeManifest = BeforeManifest }.RunAsync(connection, backup, environment, maxSize: null, cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"Safety backup of {string.Join(", ", databases)}: {taken.Key}");
            return taken.Key;
        }
        catch (BackupException exception)
        {
            throw new SafetyBackupFailedException(exception.Message, exception);
        }
    }
}
