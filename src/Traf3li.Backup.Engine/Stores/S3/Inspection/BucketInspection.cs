using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.S3.Inspection;

/// <summary>Asks a bucket how it is set up. What it refuses or does not know is a fact that is not known.</summary>
internal sealed class BucketInspection(S3Client client)
{
    private const int DaysOfYear = 365;

    private string Bucket => client.Destination.Bucket;

    /// <summary>All facts, asked side by side.</summary>
    /// <exception cref="StoreNotFoundException">There is no such bucket.</exception>
    public async Task<BucketFacts> RunAsync(CancellationToken cancellationToken)
    {
        var versioning = VersioningAsync(cancellationToken);
        var encryption = EncryptionAsync(cancellationToken);
        var access = PublicAccessAsync(cancellationToken);
        var policy = PolicyAsync(cancellationToken);
        var objectLock = ObjectLockAsync(cancellationToken);
        var lifecycle = LifecycleAsync(cancellationToken);
        await Task.WhenAll(versioning, encryption, access, policy, objectLock, lifecycle).ConfigureAwait(false);
        return new BucketFacts
        {
            Name = Bucket,
            Prefix = client.Destination.Prefix,
            Versioning = await versioning.ConfigureAwait(false),
            Encryption = await encryption.ConfigureAwait(false),
            PublicAccess = await access.ConfigureAwait(false),
            IsPolicyPublic = await policy.ConfigureAwait(false),
            ObjectLock = await objectLock.ConfigureAwait(false),
            Lifecycle = await lifecycle.ConfigureAwait(false),
        };
    }

    /// <summary>The versioning.</summary>
    public Task<Fact<BucketVersioning>> VersioningAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetBucketVersioning",
        (s3, token) => s3.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = Bucket }, token),
        answer => answer.VersioningConfig?.Status?.Value switch { "Enabled" => BucketVersioning.Enabled, "Suspended" => BucketVersioning.Suspended, _ => BucketVersioning.Off },
        missing: null,
        BucketVersioning.Off,
        cancellationToken);

    /// <summary>Object Lock.</summary>
    public Task<Fact<ObjectLockDefault>> ObjectLockAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetBucketObjectLockConfiguration",
        (s3, token) => s3.GetObjectLockConfigurationAsync(new GetObjectLockConfigurationRequest { BucketName = Bucket }, token),
        answer => Describe(answer.ObjectLockConfiguration),
        missing: "ObjectLockConfigurationNotFoundError",
        new ObjectLockDefault(false),
        cancellationToken);

    /// <summary>The lifecycle as the service has it; without any configuration where there is none.</summary>
    public Task<Fact<GetLifecycleConfigurationResponse>> RulesAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetLifecycleConfiguration",
        (s3, token) => s3.GetLifecycleConfigurationAsync(new GetLifecycleConfigurationRequest { BucketName = Bucket }, token),
        answer => answer,
        missing: "NoSuchLifecycleConfiguration",
        new GetLifecycleConfigurationResponse(),
        cancellationToken);

    private static ObjectLockDefault Describe(ObjectLockConfiguration? configuration)
    {
        var retention = configuration?.Rule?.DefaultRetention;
        var days = retention?.Days is > 0 ? retention.Days : retention?.Years is > 0 ? retention.Years * DaysOfYear : null;
        return new ObjectLockDefault(configuration?.ObjectLockEnabled == ObjectLockEnabled.Enabled, days is null ? null : retention?.Mode?.Value, days);
    }

    private Task<Fact<string>> EncryptionAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetEncryptionConfiguration",
        (s3, token) => s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = Bucket }, token),
        answer => answer.ServerSideEncryptionConfiguration?.ServerSideEncryptionRules?
            .Select(rule => rule.ServerSideEncryptionByDefault?.ServerSideEncryptionAlgorithm?.Value).FirstOrDefault(name => name is not null) ?? "",
        missing: "ServerSideEncryptionConfigurationNotFoundError",
        "",
        cancellationToken);

    private Task<Fact<PublicAccessBlock>> PublicAccessAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetBucketPublicAccessBlock",
        (s3, token) => s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = Bucket }, token),
        answer => answer.PublicAccessBlockConfiguration is { } block
            ? new PublicAccessBlock(block.BlockPublicAcls == true, block.IgnorePublicAcls == true, block.BlockPublicPolicy == true, block.RestrictPublicBuckets == true)
            : PublicAccessBlock.None,
        missing: "NoSuchPublicAccessBlockConfiguration",
        PublicAccessBlock.None,
        cancellationToken);

    private Task<Fact<bool>> PolicyAsync(CancellationToken cancellationToken) => AskAsync(
        "s3:GetBucketPolicyStatus",
        (s3, token) => s3.GetBucketPolicyStatusAsync(new GetBucketPolicyStatusRequest { BucketName = Bucket }, token),
        answer => answer.PolicyStatus?.IsPublic == true,
        missing: "NoSuchBucketPolicy",
        false,
        cancellationToken);

    private async Task<Fact<IReadOnlyList<LifecycleRuleFacts>>> LifecycleAsync(CancellationToken cancellationToken)
    {
        var rules = await RulesAsync(cancellationToken).ConfigureAwait(false);
        return rules.IsKnown ? Fact.Of<IReadOnlyList<LifecycleRuleFacts>>([.. (rules.Value!.Configuration?.Rules ?? []).Select(rule => LifecycleRules.Describe(rule, client.Destination.Tags))]) : Fact.Unknown<IReadOnlyList<LifecycleRuleFacts>>(rules.Unknown!);
    }

    private async Task<Fact<TFact>> AskAsync<TAnswer, TFact>(
        string action, Func<AmazonS3Client, CancellationToken, Task<TAnswer>> call, Func<TAnswer, TFact> read, string? missing, TFact none, CancellationToken cancellationToken)
    {
        try
        {
            return Fact.Of(read(await client.CallAsync(action, null, 0, call, cancellationToken).ConfigureAwait(false)));
        }
        catch (BackupException error) when (missing is not null && error.InnerException is AmazonServiceException answer && answer.ErrorCode == missing)
        {
            return Fact.Of(none);
        }
        catch (Exception error) when (error is StoreAccessDeniedException or StoreFailedException)
        {
            return Fact.Unknown<TFact>(error.Message);
        }
    }
}
