using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.S3.Setup;

/// <summary>Blocks public access to a bucket.</summary>
internal sealed class PublicAccessSetup(S3Client client, StepList steps, Func<CancellationToken, Task> probe)
{
    private const string Name = "Public access";

    private string Bucket => client.Destination.Bucket;

    /// <summary>The step.</summary>
    public async Task RunAsync(BucketFacts facts, CancellationToken cancellationToken)
    {
        var before = facts.PublicAccess.IsKnown ? facts.PublicAccess.Value! : PublicAccessBlock.None;
        if (before.IsComplete)
        {
            steps.AlreadySo(Name, "It is blocked.");
        }
        else if (before.IsEnough)
        {
            steps.AlreadySo(Name, "It is blocked: access lists for everybody are taken, and ignored.");
        }
        else
        {
            var detail = facts.IsPolicyPublic is { IsKnown: true, Value: true } ? "It is blocked; the bucket's policy, which lets everybody in, no longer does." : "It is blocked.";
            await steps.DoAsync(Name, detail, () => BlockAsync(before, cancellationToken)).ConfigureAwait(false);
        }
    }

    // Ceph 18 refuses every object while it refuses access lists for everybody. To ignore these protects as much.
    private async Task<string?> BlockAsync(PublicAccessBlock before, CancellationToken cancellationToken)
    {
        await PutAsync(new PublicAccessBlock(true, true, true, true), cancellationToken).ConfigureAwait(false);
        if (await FindObstacleAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        await PutAsync(new PublicAccessBlock(before.NewAcls, true, true, true), cancellationToken).ConfigureAwait(false);
        if (await FindObstacleAsync(cancellationToken).ConfigureAwait(false) is not { } obstacle)
        {
            return null;
        }

        await PutAsync(before, cancellationToken).ConfigureAwait(false);
        return $"Objects cannot be written while it is blocked, so it is as it was: {obstacle}";
    }

    private async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await probe(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is StoreAccessDeniedException or StoreFailedException)
        {
            return error.Message;
        }
    }

    private async Task PutAsync(PublicAccessBlock block, CancellationToken cancellationToken)
    {
        var request = new PutPublicAccessBlockRequest
        {
            BucketName = Bucket,
            PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration
            {
                BlockPublicAcls = block.NewAcls,
                IgnorePublicAcls = block.ExistingAcls,
                BlockPublicPolicy = block.NewPolicy,
                RestrictPublicBuckets = block.ExistingPolicy,
            },
        };
        await client.CallAsync("s3:PutBucketPublicAccessBlock", null, 0, (s3, token) => s3.PutPublicAccessBlockAsync(request, token), cancellationToken).ConfigureAwait(false);
    }
}
