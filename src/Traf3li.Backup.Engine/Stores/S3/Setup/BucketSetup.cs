using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.S3.Inspection;

namespace Traf3li.Backup.Engine.Stores.S3.Setup;

/// <summary>Creates a bucket and sets it up for backups. What is there is never weakened.</summary>
/// <param name="client">The bucket.</param>
/// <param name="encryption">How new objects are encrypted.</param>
/// <param name="probe">Tries whether objects can be written, and leaves none.</param>
/// <param name="wanted">What is wanted.</param>
internal sealed class BucketSetup(S3Client client, S3Encryption encryption, Func<CancellationToken, Task> probe, StorePreparation wanted)
{
    private readonly StepList _steps = new(client.Destination.DisplayName, wanted.IsPlan);

    private string Bucket => client.Destination.Bucket;

    /// <summary>The steps.</summary>
    /// <exception cref="StoreFailedException">The bucket does not exist, and could not be created.</exception>
    public async Task<IReadOnlyList<StoreStep>> RunAsync(CancellationToken cancellationToken)
    {
        var facts = await FindOrCreateAsync(cancellationToken).ConfigureAwait(false);
        // What is tried with an object comes before versioning, which would keep it.
        await new PublicAccessSetup(client, _steps, probe).RunAsync(facts, cancellationToken).ConfigureAwait(false);
        await EncryptionAsync(facts.Encryption, cancellationToken).ConfigureAwait(false);
        await VersioningAsync(facts.Versioning, cancellationToken).ConfigureAwait(false);
        await new LifecycleSetup(client, _steps, wanted).RunAsync(facts.Lifecycle, cancellationToken).ConfigureAwait(false);
        if (wanted.ObjectLock is { } mode)
        {
            await ObjectLockAsync(facts.ObjectLock, mode, cancellationToken).ConfigureAwait(false);
        }

        return _steps.Steps;
    }

    private async Task<BucketFacts> FindOrCreateAsync(CancellationToken cancellationToken)
    {
        var inspection = new BucketInspection(client);
        try
        {
            var facts = await inspection.RunAsync(cancellationToken).ConfigureAwait(false);
            _steps.AlreadySo("Bucket", "It exists.");
            return facts;
        }
        catch (StoreNotFoundException)
        {
            // Not a step that can be refused: without it there is nothing else to do.
            if (!wanted.IsPlan)
            {
                await CreateAsync(cancellationToken).ConfigureAwait(false);
            }

            await _steps.DoAsync("Bucket", client.Destination.Region is { } region ? $"A new bucket in {region}." : "A new bucket.", NoObstacle).ConfigureAwait(false);
            return wanted.IsPlan ? New() : await inspection.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        // Other stores name their regions themselves, or have none.
        var request = new PutBucketRequest { BucketName = Bucket, UseClientRegion = client.Destination.Endpoint is null, ObjectLockEnabledForBucket = wanted.ObjectLock is not null };
        await client.CallAsync("s3:CreateBucket", null, 0, (s3, token) => s3.PutBucketAsync(request, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task VersioningAsync(Fact<BucketVersioning> versioning, CancellationToken cancellationToken)
    {
        if (versioning is { IsKnown: true, Value: BucketVersioning.Enabled })
        {
            _steps.AlreadySo("Versioning", "What is replaced or removed stays as an older version.");
            return;
        }

        var request = new PutBucketVersioningRequest { BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } };
        await CallAsync(
            "Versioning",
            "What is replaced or removed stays as an older version.",
            "s3:PutBucketVersioning",
            (s3, token) => s3.PutBucketVersioningAsync(request, token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task EncryptionAsync(Fact<string> present, CancellationToken cancellationToken)
    {
        var method = encryption.Method ?? ServerSideEncryptionMethod.AES256;
        if (!present.IsKnown)
        {
            _steps.Refused("Encryption", $"What is set is not known, so nothing was changed: {present.Unknown}");
        }
        else if (present.Value!.Length > 0)
        {
            _steps.AlreadySo("Encryption", $"New objects are encrypted with {present.Value}.");
        }
        else
        {
            await _steps.DoAsync("Encryption", $"New objects are encrypted with {method.Value}.", () => EncryptAsync(method, cancellationToken)).ConfigureAwait(false);
        }
    }

    // A store may take this setting without a key to encrypt with, and then refuse every object.
    private async Task<string?> EncryptAsync(ServerSideEncryptionMethod method, CancellationToken cancellationToken)
    {
        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new ServerSideEncryptionByDefault { ServerSideEncryptionAlgorithm = method, ServerSideEncryptionKeyManagementServiceKeyId = encryption.KmsKeyId } };
        var request = new PutBucketEncryptionRequest { BucketName = Bucket, ServerSideEncryptionConfiguration = new ServerSideEncryptionConfiguration { ServerSideEncryptionRules = [rule] } };
        await client.CallAsync("s3:PutEncryptionConfiguration", null, 0, (s3, token) => s3.PutBucketEncryptionAsync(request, token), cancellationToken).ConfigureAwait(false);
        try
        {
            await probe(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is StoreAccessDeniedException or StoreFailedException)
        {
            var undo = new DeleteBucketEncryptionRequest { BucketName = Bucket };
            await client.CallAsync("s3:PutEncryptionConfiguration", null, 0, (s3, token) => s3.DeleteBucketEncryptionAsync(undo, token), cancellationToken).ConfigureAwait(false);
            return $"With {method.Value} the store takes no objects, so it was switched off again: {error.Message}";
        }
    }

    private async Task ObjectLockAsync(Fact<ObjectLockDefault> present, ObjectLockMode mode, CancellationToken cancellationToken)
    {
        var now = present.IsKnown ? present.Value! : new ObjectLockDefault(false);
        var isStricter = now.Mode == "COMPLIANCE" && mode == ObjectLockMode.Governance;
        if (now.Mode is { } name && (isStricter || (string.Equals(name, mode.ToString(), StringComparison.OrdinalIgnoreCase) && now.Days >= wanted.LockDays)))
        {
            _steps.AlreadySo("Object Lock", $"New objects are locked for {now.Days} days, mode {name}.");
            return;
        }

        if (!present.IsKnown)
        {
            _steps.Refused("Object Lock", $"What is set is not known, so nothing was changed: {present.Unknown}");
            return;
        }

        var retention = new DefaultRetention { Mode = mode == ObjectLockMode.Compliance ? ObjectLockRetentionMode.Compliance : ObjectLockRetentionMode.Governance, Days = Math.Max(wanted.LockDays, now.Days ?? 0) };
        var request = new PutObjectLockConfigurationRequest
        {
            BucketName = Bucket,
            ObjectLockConfiguration = new ObjectLockConfiguration { ObjectLockEnabled = ObjectLockEnabled.Enabled, Rule = new ObjectLockRule { DefaultRetention = retention } },
        };
        var condition = !now.IsEnabled && wanted.IsPlan ? " Not every store can switch that on for a bucket that was created without it." : "";
        await _steps.DoAsync("Object Lock", $"New objects are locked for {retention.Days} days, mode {retention.Mode.Value}.{condition}", () => LockAsync(request, now.IsEnabled, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<string?> LockAsync(PutObjectLockConfigurationRequest request, bool isEnabled, CancellationToken cancellationToken)
    {
        try
        {
            await client.CallAsync("s3:PutBucketObjectLockConfiguration", null, 0, (s3, token) => s3.PutObjectLockConfigurationAsync(request, token), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StoreFailedException error) when (!isEnabled)
        {
            return $"This bucket was created without Object Lock, and the store does not switch it on later. Create a new one with -ObjectLock and copy the backups into it (Copy-Traf3liBackup -Missing). {error.Message}";
        }
    }

    private Task CallAsync<T>(string name, string detail, string action, Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        _steps.DoAsync(name, detail, async () =>
        {
            await client.CallAsync(action, null, 0, call, cancellationToken).ConfigureAwait(false);
            return null;
        });

    private static Task<string?> NoObstacle() => Task.FromResult<string?>(null);

    // Amazon encrypts new buckets and blocks their public access since 2023.
    private BucketFacts New() => new()
    {
        Name = Bucket,
        Prefix = client.Destination.Prefix,
        // A bucket with Object Lock keeps versions from its creation on.
        Versioning = Fact.Of(wanted.ObjectLock is null ? BucketVersioning.Off : BucketVersioning.Enabled),
        Encryption = Fact.Of(client.Destination.Endpoint is null ? "AES256" : ""),
        PublicAccess = Fact.Of(client.Destination.Endpoint is null ? new PublicAccessBlock(true, true, true, true) : PublicAccessBlock.None),
        IsPolicyPublic = Fact.Of(false),
        ObjectLock = Fact.Of(new ObjectLockDefault(wanted.ObjectLock is not null)),
        Lifecycle = Fact.Of<IReadOnlyList<LifecycleRuleFacts>>([]),
    };
}
