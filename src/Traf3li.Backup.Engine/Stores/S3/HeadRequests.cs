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
        catch (AmazonServiceException error) when (error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }
}
