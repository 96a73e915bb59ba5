using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Reads a small object in one request, whose answer describes it too.</summary>
internal static class WholeRequests
{
    /// <summary>One attempt; null when there is no such object, and without bytes when it is longer than the limit.</summary>
    public static async Task<(StoredObject Stored, byte[]? Bytes)?> TryReadAsync(this AmazonS3Client s3, S3Client client, string key, int limit, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
            using var answer = await s3.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return (S3Store.Describe(key, answer), answer.ContentLength > limit ? null : await WholeObject.ReadAsync(answer.ResponseStream, limit, cancellationToken).ConfigureAwait(false));
        }
        catch (AmazonServiceException error) when (S3Errors.IsMissingObject(error))
        {
            return null;
        }
    }
}
