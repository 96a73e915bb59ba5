using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>A multipart upload that was begun: its parts go their way several at a time, and it ends completed or aborted.</summary>
/// <param name="client">The bucket.</param>
/// <param name="pool">Where the parts' chunks go back to.</param>
/// <param name="settings">What the object is stored with.</param>
/// <param name="options">How much is done at once.</param>
/// <param name="key">The key below the destination.</param>
/// <param name="uploadId">What the store calls the upload.</param>
/// <param name="released">Told how many chunks a part gave back.</param>
internal sealed class S3MultipartUpload(
    S3Client client, ChunkPool pool, S3ObjectSettings settings, S3StoreOptions options, string key, string uploadId, Action<int> released) : IAsyncDisposable
{
    private readonly List<Task> _sending = [];
    private readonly SortedDictionary<int, SentPart> _sent = [];
    private readonly CancellationTokenSource _stop = new();
    private bool _completed;

    /// <summary>Whether a part is on its way.</summary>
    public bool IsSending => _sending.Count > 0;

    /// <summary>Begins a multipart upload.</summary>
    /// <inheritdoc cref="S3MultipartUpload" path="/param" />
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<S3MultipartUpload> StartAsync(
        S3Client client, ChunkPool pool, S3ObjectSettings settings, S3StoreOptions options, string key, Action<int> released, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key) };
        settings.Apply(request);
        var response = await client.CallAsync("s3:PutObject", key, 0, (s3, token) => s3.InitiateMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false);
        return new S3MultipartUpload(client, pool, settings, options, key, response.UploadId, released);
    }

    /// <summary>Sends a part on its way, as soon as few enough others are. The first failure comes out of here, or of any later call.</summary>
    public async Task SendAsync(UploadPart part, CancellationToken cancellationToken)
    {
        try
        {
            while (_sending.Count >= options.ParallelParts)
            {
                await WaitForOneAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            var chunks = part.ChunkCount;
            part.Release(pool);
            released(chunks);
            throw;
        }

        _sending.Add(Task.Run(() => UploadAsync(part), CancellationToken.None));
    }

    /// <summary>Waits until one of the parts on their way has arrived.</summary>
    public async Task WaitForOneAsync(CancellationToken cancellationToken)
    {
        var sent = await Task.WhenAny(_sending).WaitAsync(cancellationToken).ConfigureAwait(false);
        await sent.ConfigureAwait(false);
        _sending.Remove(sent);
    }

    /// <summary>Waits for all parts and makes them the object; returns the ETag that it must have, null when the store does not say it.</summary>
    /// <param name="size">The object's bytes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string?> CompleteAsync(long size, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_sending).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (settings.OnlyIfVersion is not null)
        {
            throw new NotSupportedException("An object that is replaced by its version is small: not every store heeds conditions of multipart uploads.");
        }

        if (settings.OnlyIfAbsent && await client.HeadAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(key);
        }

        var request = new CompleteMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), UploadId = uploadId };
        // With a checksum that was announced, that of every part has to be named again.
        request.AddPartETags(_sent.Values.Select(part => new PartETag(part.Response) { ChecksumCRC32 = part.Response.ChecksumCRC32 }));
        if (settings.OnlyIfAbsent)
        {
            request.IfNoneMatch = "*";
        }

        var expected = settings.ExpectedETag(_sent.Values.First().Response.ServerSideEncryptionMethod, ETags.OfParts([.. _sent.Values.Select(part => part.Md5)]));
        var attempts = 0;
        await client.CallAsync("s3:PutObject", key, 0, async (s3, token) =>
        {
            attempts++;
            try
            {
                return await s3.CompleteMultipartUploadAsync(request, token).ConfigureAwait(false);
            }
            catch (AmazonS3Exception error) when (attempts > 1 && error.ErrorCode is ("NoSuchUpload" or "PreconditionFailed"))
            {
                // Perhaps an earlier attempt completed the object and only its answer was lost.
                if (await s3.TryHeadAsync(client, key, token).ConfigureAwait(false) is { } head
                    && head.ContentLength == size && (expected is null || ETags.Unquote(head.ETag) == expected))
                {
                    return new CompleteMultipartUploadResponse { ETag = head.ETag };
                }

                throw;
            }
        }, cancellationToken).ConfigureAwait(false);
        _completed = true;
        return expected;
    }

    /// <inheritdoc />
    /// <remarks>A cancelled command still aborts, within a time of its own; what even so remains is what RemoveStaleUploadsAsync finds.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        if (_completed)
        {
            return;
        }

        using var limit = new CancellationTokenSource(options.AbortTimeout);
        try
        {
            var request = new AbortMultipartUploadRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), UploadId = uploadId };
            await client.CallAsync("s3:AbortMultipartUpload", key, 0, (s3, token) => s3.AbortMultipartUploadAsync(request, token), limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is BackupException or OperationCanceledException)
        {
            // The failure that led here is the one to report; the next run removes the upload.
        }
    }

    private async Task UploadAsync(UploadPart part)
    {
        var chunks = part.ChunkCount;
        try
        {
            var md5 = part.ComputeMd5();
            var response = await client.CallAsync("s3:PutObject", key, part.Length, async (s3, token) =>
            {
                var body = part.OpenStream();
                await using (body.ConfigureAwait(false))
                {
                    var request = new UploadPartRequest
                    {
                        BucketName = client.Destination.Bucket,
                        Key = client.FullKey(key),
                        UploadId = uploadId,
                        PartNumber = part.Number,
                        PartSize = part.Length,
                        InputStream = body,
                    };
                    settings.Apply(request, md5);
                    return await s3.UploadPartAsync(request, token).ConfigureAwait(false);
                }
            }, _stop.Token).ConfigureAwait(false);
            ETags.RequireSame(key, settings.ExpectedETag(response.ServerSideEncryptionMethod, ETags.OfBytes(md5)), response.ETag);
            lock (_sent)
            {
                _sent.Add(part.Number, new SentPart(response, md5));
            }
        }
        finally
        {
            part.Release(pool);
            released(chunks);
        }
    }

    private sealed record SentPart(UploadPartResponse Response, byte[] Md5);
}
