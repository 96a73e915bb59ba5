using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.S3.Inspection;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>S3 Object Lock of single objects.</summary>
/// <remarks>
/// Retention and legal hold are asked for by requests of their own: the headers of HEAD say the same, but are left out both where there is none and
/// where the right to know is missing (Amazon S3 API reference, "HeadObject"), and a backup must not go because nobody could tell.
/// </remarks>
internal sealed class S3ObjectLocks(S3Client client) : IObjectLocks
{
    // A store that takes no empty retention takes one that is all but over.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private string Bucket => client.Destination.Bucket;

    /// <inheritdoc />
    /// <remarks>Only buckets that keep versions can have Object Lock.</remarks>
    public async Task<Fact<bool>> AreOnAsync(CancellationToken cancellationToken)
    {
        var inspection = new BucketInspection(client);
        var asked = await inspection.ObjectLockAsync(cancellationToken).ConfigureAwait(false);
        if (asked.IsKnown)
        {
            return Fact.Of(asked.Value!.IsEnabled);
        }

        var versioning = await inspection.VersioningAsync(cancellationToken).ConfigureAwait(false);
        return versioning is { IsKnown: true, Value: not BucketVersioning.Enabled } ? Fact.Of(false) : Fact.Unknown<bool>(asked.Unknown!);
    }

    /// <inheritdoc />
    public async Task<ObjectLockState> FindAsync(string key, CancellationToken cancellationToken)
    {
        var retention = RetentionAsync(key, cancellationToken);
        var hold = LegalHoldAsync(key, cancellationToken);
        await Task.WhenAll(retention, hold).ConfigureAwait(false);
        var (until, isHeld) = (await retention.ConfigureAwait(false), await hold.ConfigureAwait(false));
        return new ObjectLockState(until.Value, isHeld.Value) { Unknown = [.. new[] { until.Unknown, isHeld.Unknown }.OfType<string>()] };
    }

    /// <inheritdoc />
    public Task HoldAsync(string key, bool isHeld, CancellationToken cancellationToken)
    {
        var request = new PutObjectLegalHoldRequest
        {
            BucketName = Bucket,
            Key = client.FullKey(key),
            LegalHold = new ObjectLockLegalHold { Status = isHeld ? ObjectLockLegalHoldStatus.On : ObjectLockLegalHoldStatus.Off },
        };
        return client.CallAsync("s3:PutObjectLegalHold", key, 0, (s3, token) => s3.PutObjectLegalHoldAsync(request, token), cancellationToken);
    }

    /// <inheritdoc />
    public Task RetainAsync(string key, DateTime until, CancellationToken cancellationToken) =>
        PutAsync("s3:PutObjectRetention", key, Governance(until), isBypass: false, cancellationToken);

    /// <inheritdoc />
    public async Task ShortenAsync(string key, DateTime? until, CancellationToken cancellationToken)
    {
        const string Action = "s3:BypassGovernanceRetention";
        try
        {
            await PutAsync(Action, key, until is { } end ? Governance(end) : new ObjectLockRetention(), isBypass: true, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreFailedException) when (until is null)
        {
            await PutAsync(Action, key, Governance(client.Now + Soon), isBypass: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ObjectLockRetention Governance(DateTime until) => new() { Mode = ObjectLockRetentionMode.Governance, RetainUntilDate = until };

    private Task<PutObjectRetentionResponse> PutAsync(string action, string key, ObjectLockRetention retention, bool isBypass, CancellationToken cancellationToken)
    {
        var request = new PutObjectRetentionRequest { BucketName = Bucket, Key = client.FullKey(key), Retention = retention, BypassGovernanceRetention = isBypass };
        return client.CallAsync(action, key, 0, (s3, token) => s3.PutObjectRetentionAsync(request, token), cancellationToken);
    }

    private Task<Fact<RetentionLock?>> RetentionAsync(string key, CancellationToken cancellationToken) => AskAsync(
        "s3:GetObjectRetention",
        key,
        (s3, token) => s3.GetObjectRetentionAsync(new GetObjectRetentionRequest { BucketName = Bucket, Key = client.FullKey(key) }, token),
        answer => answer.Retention is { RetainUntilDate: { } until, Mode: { } mode }
            ? new RetentionLock(mode == ObjectLockRetentionMode.Governance ? ObjectLockMode.Governance : ObjectLockMode.Compliance, until.ToUniversalTime())
            : null,
        cancellationToken);

    private Task<Fact<bool>> LegalHoldAsync(string key, CancellationToken cancellationToken) => AskAsync(
        "s3:GetObjectLegalHold",
        key,
        (s3, token) => s3.GetObjectLegalHoldAsync(new GetObjectLegalHoldRequest { BucketName = Bucket, Key = client.FullKey(key) }, token),
        answer => answer.LegalHold?.Status == ObjectLockLegalHoldStatus.On,
        cancellationToken);

    private async Task<Fact<TFact>> AskAsync<TAnswer, TFact>(
        string action, string key, Func<AmazonS3Client, CancellationToken, Task<TAnswer>> call, Func<TAnswer, TFact> read, CancellationToken cancellationToken)
    {
        try
        {
            return Fact.Of(read(await client.CallAsync(action, key, 0, call, cancellationToken).ConfigureAwait(false)));
        }
        catch (BackupNotFoundException)
        {
            // The object has none (NoSuchObjectLockConfiguration; Ceph has a name of its own for it), or is gone.
            return Fact.Of(default(TFact)!);
        }
        catch (StoreFailedException error) when (error.InnerException is AmazonServiceException { ErrorCode: "InvalidRequest" or "NotImplemented" or "MethodNotAllowed" })
        {
            // The bucket, or the store, has no Object Lock.
            return Fact.Of(default(TFact)!);
        }
        catch (StoreAccessDeniedException error)
        {
            return Fact.Unknown<TFact>($"the right {error.Action} is missing");
        }
        catch (StoreFailedException error)
        {
            return Fact.Unknown<TFact>(error.Message);
        }
    }
}
