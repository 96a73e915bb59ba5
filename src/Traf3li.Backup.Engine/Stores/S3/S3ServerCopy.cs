using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// Has the service copy an object from one of its buckets to another: in one call, or in parts of which several are copied side by side.
/// Everything carries If-Match, so that all parts are of one object.
/// </summary>
/// <param name="client">The bucket that is written.</param>
/// <param name="source">The bucket that is read.</param>
/// <param name="settings">What the copy is stored with.</param>
/// <param name="options">The size of parts, and how many at once.</param>
/// <param name="key">The key below both destinations.</param>
internal sealed class S3ServerCopy(S3Client client, S3Client source, S3ObjectSettings settings, S3StoreOptions options, string key)
{
    /// <summary>Copies; null when the service refuses, as for want of a right, or because it does not know how.</summary>
    public async Task<StoredObject?> TryRunAsync(Action<long> copied, CancellationToken cancellationToken)
    {
        var head = await source.HeadAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(key, source.Destination.DisplayName);
        if (settings.OnlyIfAbsent && await client.HeadAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(key);
        }

        try
        {
            await (IsCopiedAtOnce(head) ? CopyAtOnceAsync(head, copied, cancellationToken) : CopyPartsAsync(head, copied, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreAccessDeniedException or StoreFailedException)
        {
            return null;
        }

        var stored = await client.HeadAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreFailedException("s3:PutObject", key, "the store said that the object was copied, but does not find it.");
        if (settings.Encryption is { } asked && stored.ServerSideEncryptionMethod != asked)
        {
            // Sent from here it is encrypted, or refused.
            var delete = new DeleteObjectRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
            await client.CallAsync("s3:DeleteObject", key, 0, (s3, token) => s3.DeleteObjectAsync(delete, token), cancellationToken).ConfigureAwait(false);
            return null;
        }

        return stored.ContentLength == head.ContentLength
            ? S3Store.Describe(key, stored)
            : throw new StoreFailedException("s3:PutObject", key, $"the copied object has {stored.ContentLength} bytes, not {head.ContentLength}.");
    }

    // Ceph 18 does not encrypt what it copies in one call, and says nothing; parts it does.
    private bool IsCopiedAtOnce(GetObjectMetadataResponse head) =>
        head.ContentLength == 0 || (head.ContentLength <= options.CopyPartSize && (settings.IsAws || settings.Encryption is null));

    private async Task CopyAtOnceAsync(GetObjectMetadataResponse head, Action<long> copied, CancellationToken cancellationToken)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = source.Destination.Bucket,
            SourceKey = source.FullKey(key),
            DestinationBucket = client.Destination.Bucket,
            DestinationKey = client.FullKey(key),
            ETagToMatch = head.ETag,
        };
        settings.Apply(request);
        await client.CallAsync("s3:PutObject", key, head.ContentLength, (s3, token) => s3.CopyObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        copied(head.ContentLength);
    }

    private async Task CopyPartsAsync(GetObjectMetadataResponse head, Action<long> copied, CancellationToken cancellationToken)
    {
        var begin = new InitiateMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
        settings.Apply(begin);
        var upload = await client.CallAsync("s3:PutObject", key, 0, (s3, token) => s3.InitiateMultipartUploadAsync(begin, token), cancellationToken).ConfigureAwait(false);
        var isComplete = false;
        try
        {
            var partSize = Math.Max(options.CopyPartSize, (head.ContentLength + PartSizes.MostParts - 1) / PartSizes.MostParts);
            var parts = new PartETag[(head.ContentLength + partSize - 1) / partSize];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ParallelParts, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, parts.Length, parallel, async (index, token) =>
            {
                var first = index * partSize;
                var size = Math.Min(partSize, head.ContentLength - first);
                parts[index] = await CopyPartAsync(head, upload.UploadId, index + 1, first, size, token).ConfigureAwait(false);
                copied(size);
            }).ConfigureAwait(false);
            var complete = new CompleteMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), UploadId = upload.UploadId, PartETags = [.. parts] };
            await client.CallAsync("s3:PutObject", key, 0, (s3, token) => s3.CompleteMultipartUploadAsync(complete, token), cancellationToken).ConfigureAwait(false);
            isComplete = true;
        }
        finally
        {
            if (!isComplete)
            {
                await AbortAsync(upload.UploadId).ConfigureAwait(false);
            }
        }

        if (settings.Tags is { } tags && !settings.IsAws)
        {
            // Ceph forgets the tags that a multipart upload was begun with.
            var tagging = new PutObjectTaggingRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), Tagging = new Tagging { TagSet = tags } };
            await client.CallAsync("s3:PutObjectTagging", key, 0, (s3, token) => s3.PutObjectTaggingAsync(tagging, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PartETag> CopyPartAsync(GetObjectMetadataResponse head, string uploadId, int number, long first, long size, CancellationToken cancellationToken)
    {
        var request = new CopyPartRequest
        {
            SourceBucket = source.Destination.Bucket,
            SourceKey = source.FullKey(key),
            DestinationBucket = client.Destination.Bucket,
            DestinationKey = client.FullKey(key),
            UploadId = uploadId,
            PartNumber = number,
            FirstByte = first,
            LastByte = first + size - 1,
            ETagToMatch = [head.ETag],
        };
        var answer = await client.CallAsync("s3:PutObject", key, size, (s3, token) => s3.CopyPartAsync(request, token), cancellationToken).ConfigureAwait(false);
        return new PartETag(number, answer.ETag) { ChecksumCRC32 = answer.ChecksumCRC32 };
    }

    // A cancelled command still aborts, within a time of its own; what even so remains is what RemoveStaleUploadsAsync finds.
    private async Task AbortAsync(string uploadId)
    {
        using var limit = new CancellationTokenSource(options.AbortTimeout);
        try
        {
            var request = new AbortMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), UploadId = uploadId };
            await client.CallAsync("s3:AbortMultipartUpload", key, 0, (s3, token) => s3.AbortMultipartUploadAsync(request, token), limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is BackupException or OperationCanceledException)
        {
            // The failure that led here is the one to report.
        }
    }
}
