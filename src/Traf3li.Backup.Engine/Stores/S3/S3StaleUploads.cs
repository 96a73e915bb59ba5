using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Aborts uploads in parts that nobody is at work on any more.</summary>
internal sealed class S3StaleUploads(S3Client client)
{
    /// <summary>Aborts those that were begun before a time and have got no part since then, and says how many.</summary>
    /// <remarks>When an upload was begun says nothing alone: over a slow line a large one takes days. One whose parts may not be listed stays, with a warning.</remarks>
    public async Task<int> RemoveAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken)
    {
        var removed = 0;
        var request = new ListMultipartUploadsRequest { BucketName = client.Destination.Bucket, Prefix = client.FullKey(prefix) };
        ListMultipartUploadsResponse page;
        do
        {
            page = await client.CallAsync("s3:ListBucketMultipartUploads", null, 0, (s3, token) => s3.ListMultipartUploadsAsync(request, token), cancellationToken).ConfigureAwait(false);
            foreach (var upload in page.MultipartUploads ?? [])
            {
                if (upload.Initiated?.ToUniversalTime() < olderThan && await TryRemoveAsync(upload, olderThan, cancellationToken).ConfigureAwait(false))
                {
                    removed++;
                }
            }

            request.KeyMarker = page.NextKeyMarker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        }
        while (page.IsTruncated == true);

        return removed;
    }

    private async Task<bool> TryRemoveAsync(MultipartUpload upload, DateTime olderThan, CancellationToken cancellationToken)
    {
        var key = upload.Key[client.Destination.Prefix.Length..];
        try
        {
            if (await HasNewPartAsync(key, upload, olderThan, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }
        catch (StoreAccessDeniedException exception)
        {
            client.Reporter.Warning($"An unfinished upload stays in {client.Destination.DisplayName}, because nobody can tell whether it goes on: {exception.Message}");
            return false;
        }

        var abort = new AbortMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        return await client.CallAsync("s3:AbortMultipartUpload", key, 0, (s3, token) => UnlessGoneAsync(() => s3.AbortMultipartUploadAsync(abort, token)), cancellationToken).ConfigureAwait(false) is not null;
    }

    private async Task<bool> HasNewPartAsync(string key, MultipartUpload upload, DateTime olderThan, CancellationToken cancellationToken)
    {
        var request = new ListPartsRequest { BucketName = client.Destination.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        while (true)
        {
            var page = await client.CallAsync("s3:ListMultipartUploadParts", key, 0, (s3, token) => UnlessGoneAsync(() => s3.ListPartsAsync(request, token)), cancellationToken).ConfigureAwait(false);
            if (page is null || page.Parts?.Exists(part => part.LastModified?.ToUniversalTime() >= olderThan) == true)
            {
                return true;
            }

            var marker = page.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (page.IsTruncated != true || marker is null || marker == request.PartNumberMarker)
            {
                return false;
            }

            request.PartNumberMarker = marker;
        }
    }

    // Whoever began it may complete or abort it at any moment.
    private static async Task<T?> UnlessGoneAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload")
        {
            return null;
        }
    }
}
