using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Deletes many objects with the fewest calls, and says of each that stayed why (Amazon S3 API reference, "DeleteObjects").</summary>
internal sealed class S3BatchDeletion(S3Client client)
{
    private const string Action = "s3:DeleteObject";
    // The limit of DeleteObjects.
    private const int MostAtOnce = 1000;

    /// <summary>Deletes objects; gives those that stayed.</summary>
    public async Task<IReadOnlyDictionary<string, BackupException>> RunAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var failed = new Dictionary<string, BackupException>(StringComparer.Ordinal);
        foreach (var batch in keys.Chunk(MostAtOnce))
        {
            Array.ForEach(batch, ObjectKey.Require);
            await DeleteAsync(batch, failed, cancellationToken).ConfigureAwait(false);
        }

        return failed;
    }

    /// <summary>Deletes one object.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
        return client.CallAsync(Action, key, 0, (s3, token) => s3.DeleteObjectAsync(request, token), cancellationToken);
    }

    private async Task DeleteAsync(string[] batch, Dictionary<string, BackupException> failed, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeleteError> errors;
        try
        {
            errors = await client.CallAsync(Action, null, 0, (s3, token) => TryAsync(s3, batch, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StoreFailedException or StoreAccessDeniedException)
        {
            // Not every store can delete many at once, and Ceph wants a right to do so on the bucket itself, which an IAM policy of objects does not give.
            errors = [.. batch.Select(key => new DeleteError { Key = client.FullKey(key) })];
        }

        foreach (var error in errors)
        {
            var key = error.Key[client.Destination.Prefix.Length..];
            if (await ExplainAsync(key, error, cancellationToken).ConfigureAwait(false) is { } reason)
            {
                failed[key] = reason;
            }
        }
    }

    private async Task<IReadOnlyList<DeleteError>> TryAsync(AmazonS3Client s3, string[] batch, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = client.Destination.Bucket, Objects = [.. batch.Select(key => new KeyVersion { Key = client.FullKey(key) })], Quiet = true };
        try
        {
            return (await s3.DeleteObjectsAsync(request, cancellationToken).ConfigureAwait(false)).DeleteErrors ?? [];
        }
        catch (DeleteObjectsException partly)
        {
            return partly.Response.DeleteErrors;
        }
    }

    // A right that is missing stays so. Whatever else kept one object of many from being deleted may not keep it from being deleted alone.
    private async Task<BackupException?> ExplainAsync(string key, DeleteError error, CancellationToken cancellationToken)
    {
        if (error.Code == "AccessDenied")
        {
            return client.Explain(Action, key, new AmazonS3Exception(error.Message, ErrorType.Sender, error.Code, "", HttpStatusCode.Forbidden));
        }

        try
        {
            await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BackupException exception) when (exception is StoreAccessDeniedException or StoreFailedException)
        {
            return exception;
        }
    }
}
