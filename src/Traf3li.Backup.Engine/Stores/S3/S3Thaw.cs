using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Requests thaws (Amazon S3 API reference, "RestoreObject").</summary>
internal static class S3Thaw
{
    /// <summary>Requests the thaw of an object; of one that is thawed the time is extended.</summary>
    /// <returns>False when a request is on its way already.</returns>
    public static async Task<bool> RequestAsync(S3Client client, StoredObject item, ThawTier tier, int days, CancellationToken cancellationToken)
    {
        var request = new RestoreObjectRequest
        {
            BucketName = client.Destination.Bucket,
            Key = client.FullKey(item.Key),
            RetrievalTier = tier switch { ThawTier.Bulk => GlacierJobTier.Bulk, ThawTier.Expedited => GlacierJobTier.Expedited, _ => GlacierJobTier.Standard },
            // What leaves an archive tier of INTELLIGENT_TIERING does so for good, and days are refused.
            Days = item.Archive is { } archive && ThawTimes.IsTier(archive.StorageClass) ? null : days,
        };
        try
        {
            await client.CallAsync("s3:RestoreObject", item.Key, 0, (s3, token) => SendAsync(s3, request, item.Key, token), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StoreFailedException error) when (error.InnerException is AmazonServiceException { ErrorCode: "RestoreAlreadyInProgress" })
        {
            return false;
        }
        catch (StoreFailedException error) when (error.InnerException is AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed })
        {
            throw new StoreFailedException("s3:RestoreObject", item.Key, "the store does not know how to thaw objects.", error.InnerException);
        }
        catch (ObjectArchivedException error)
        {
            throw new StoreFailedException("s3:RestoreObject", item.Key, "the store says that this object needs no thaw. Run the command again.", error);
        }
    }

    // An answer with status 503 that does not go away while somebody waits.
    private static async Task<RestoreObjectResponse> SendAsync(AmazonS3Client s3, RestoreObjectRequest request, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await s3.RestoreObjectAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonServiceException error) when (error.ErrorCode == "GlacierExpeditedRetrievalNotAvailable")
        {
            throw new StoreFailedException("s3:RestoreObject", key, "it has no capacity for expedited thaws just now; -ThawTier Standard needs none.", error);
        }
    }
}
