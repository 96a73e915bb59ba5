using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Engine.Stores.S3.Setup;

namespace Traf3li.Backup.Engine;

/// <summary>Setting destinations up.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<StoreStep>> PlanStoreAsync(InitializationOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var preparation = Preparation(options, settings, isPlan: true);
        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await store.PrepareAsync(preparation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoreStep>> InitializeStoreAsync(InitializationOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var preparation = Preparation(options, settings, isPlan: false);
        var request = new RunRequest { Operation = RunOperation.Initialization, Environment = settings.Environment, OpenStore = Opening(settings) };
        return RunAsync(
            options,
            settings,
            reporter,
            request,
            async (run, token) =>
            {
                var steps = await run.RequiredStore.PrepareAsync(preparation, token).ConfigureAwait(false);
                foreach (var step in steps.Where(step => step.Status == StoreStepStatus.Refused))
                {
                    run.Reporter.Warning($"{step.Name}: {step.Detail}");
                }

                run.HasNothingToDo = steps.All(step => step.Status == StoreStepStatus.AlreadySo);
                return steps;
            },
            static (steps, _) => steps,
            cancellationToken);
    }

    /// <inheritdoc />
    public string DescribePolicy(StorePolicy policy, InitializationOptions options)
    {
        var settings = Resolve(options);
        return settings.Destination is S3Destination bucket
            ? AccessPolicies.Describe(policy, bucket, S3Encryption.Decide(bucket, settings).KmsKeyId)
            : throw new ConfigurationInvalidException("Destination", $"{settings.Destination.DisplayName} is a folder, which has no policies.", "Use s3://bucket/prefix.");
    }

    private static StorePreparation Preparation(InitializationOptions options, EngineSettings settings, bool isPlan) =>
        options.ObjectLock is not null && settings.Destination is not S3Destination
            ? throw new ConfigurationInvalidException("ObjectLock", $"{settings.Destination.DisplayName} is a folder, which has none.", "Use a bucket, or a file system with snapshots.")
            : new(options.ObjectLock, options.LockDays, options.ArchiveAfterDays, options.OldVersionDays, isPlan);
}
