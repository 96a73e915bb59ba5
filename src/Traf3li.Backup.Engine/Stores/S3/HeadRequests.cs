using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Asks for the headers of an object.</summary>
internal static class HeadRequests
{
    /// <summary>One attempt; null when there is no such object. A bucket that is missing is told apart where the store does (HEAD has no body).</summary>
    public static async Task<GetObjectMetadataResponse?> TryHeadAsync(this AmazonS3Client s3, S3Client client, string key, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectMetadataRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
            return await s3.GetObjectMetadataAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonServiceException error) when (S3Errors.IsMissingObject(error))
        {
            return null;
        }
        catch (AmazonServiceException error) when (error.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
            await s3.RequireReasonAsync(client, key, error, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    // An answer to HEAD has no body, and so no code: a wrong region, a wrong clock and a missing right look alike. The answer to GET tells.
    private static async Task RequireReasonAsync(this AmazonS3Client s3, S3Client client, string key, AmazonServiceException refusal, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), ByteRange = new ByteRange(0, 0) };
            using var response = await s3.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonServiceException error) when (error.StatusCode != refusal.StatusCode)
        {
            // Something else went wrong now; the refusal is what counts.
        }
    }
}
