using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// An object being uploaded: at once when it fits into the first part, else in parts of which several are on their way. Each part carries its
/// MD5, which the store checks on arrival.
/// </summary>
internal sealed class S3Upload : IObjectUpload
{
    private readonly S3Client _client;
    private readonly ChunkPool _pool;
    private readonly S3ObjectSettings _settings;
    private readonly S3StoreOptions _options;
    private readonly string _key;
    private readonly List<Task> _sending = [];
    private readonly SortedDictionary<int, SentPart> _sent = [];
    private readonly CancellationTokenSource _stop = new();
    private UploadPart _part = new(1);
    private string? _uploadId;
    private long _size;
    private int _chunksInUse;
    private bool _ended;

    /// <summary>Prepares the upload; nothing is sent.</summary>
    public S3Upload(S3Client client, ChunkPool pool, S3ObjectSettings settings, S3StoreOptions options, string key)
    {
        _client = client;
        _pool = pool;
        _settings = settings;
        _options = options;
        _key = key;
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (data.Length > 0)
        {
            if (_part.IsFull)
            {
                await SendPartAsync(cancellationToken).ConfigureAwait(false);
            }

            if (_part.NeedsChunk)
            {
                await WaitForMemoryAsync(cancellationToken).ConfigureAwait(false);
                _part.AddChunk(_pool.Rent());
                Interlocked.Increment(ref _chunksInUse);
            }

            var count = _part.Fill(data.Span);
            _size += count;
            data = data[count..];
        }
    }

    /// <inheritdoc />
    public async Task<StoredObject> CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string? expected;
        if (_uploadId is null)
        {
            expected = await PutAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await SendPartAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(_sending).WaitAsync(cancellationToken).ConfigureAwait(false);
            expected = await CompleteMultipartAsync(cancellationToken).ConfigureAwait(false);
            if (_settings.Tags is { } tags && !_settings.IsAws)
            {
                // Ceph forgets the tags that a multipart upload was begun with.
                var request = new PutObjectTaggingRequest { BucketName = _client.Destination.Bucket, Key = _client.FullKey(_key), Tagging = new Tagging { TagSet = tags } };
                await _client.CallAsync("s3:PutObjectTagging", _key, 0, (s3, token) => s3.PutObjectTaggingAsync(request, token), cancellationToken).ConfigureAwait(false);
            }
        }

        _ended = true;
        var head = await _client.HeadAsync(_key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreFailedException("s3:PutObject", _key, "the store said that the object was stored, but does not find it.");
        if (head.ContentLength != _size)
        {
            throw new StoreFailedException("s3:PutObject", _key, $"the stored object has {head.ContentLength} bytes, not the {_size} sent.");
        }

        RequireSame(expected, head.ETag);
        return S3Store.Describe(_key, head);
    }

    /// <inheritdoc />
    /// <remarks>A cancelled command still aborts, within a time of its own; what even so remains is what RemoveStaleUploadsAsync finds.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sending).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        _part.Release(_pool);
        if (_uploadId is not null && !_ended)
        {
            _ended = true;
            using var limit = new CancellationTokenSource(_options.AbortTimeout);
            try
            {
                var request = new AbortMultipartUploadRequest { BucketName = _client.Destination.Bucket, Key = _client.FullKey(_key), UploadId = _uploadId };
                await _client.CallAsync("s3:AbortMultipartUpload", _key, 0, (s3, token) => s3.AbortMultipartUploadAsync(request, token), limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is BackupException or OperationCanceledException)
            {
                // The failure that led here is the one to report; the next run removes the upload.
            }
        }

        _stop.Dispose();
    }

    /// <summary>Begins the multipart upload.</summary>
    internal async Task StartMultipartAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = _client.Destination.Bucket, Key = _client.FullKey(_key) };
        _settings.Apply(request);
        var response = await _client.CallAsync("s3:PutObject", _key, 0, (s3, token) => s3.InitiateMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false);
        _uploadId = response.UploadId;
    }

    private async Task SendPartAsync(CancellationToken cancellationToken)
    {
        if (_part.Length == 0)
        {
            return;
        }

        if (_part.Number > PartSizes.MostParts)
        {
            throw new StoreFailedException("s3:UploadPart", _key, "the object is larger than the 5 TiB that S3 takes.");
        }

        if (_uploadId is null)
        {
            await StartMultipartAsync(cancellationToken).ConfigureAwait(false);
        }

        while (_sending.Count >= _options.ParallelParts)
        {
            await NextSentAsync(cancellationToken).ConfigureAwait(false);
        }

        var part = _part;
        _part = new UploadPart(part.Number + 1);
        _sending.Add(Task.Run(() => UploadAsync(part), CancellationToken.None));
    }

    private async Task WaitForMemoryAsync(CancellationToken cancellationToken)
    {
        var most = Math.Max(1, _options.UploadMemory / ChunkPool.ChunkSize);
        while (Volatile.Read(ref _chunksInUse) >= most && _sending.Count > 0)
        {
            await NextSentAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task NextSentAsync(CancellationToken cancellationToken)
    {
        var sent = await Task.WhenAny(_sending).WaitAsync(cancellationToken).ConfigureAwait(false);
        await sent.ConfigureAwait(false);
        _sending.Remove(sent);
    }

    private async Task UploadAsync(UploadPart part)
    {
        var chunks = part.ChunkCount;
        try
        {
            var md5 = part.ComputeMd5();
            var response = await _client.CallAsync("s3:PutObject", _key, part.Length, async (s3, token) =>
            {
                var body = part.OpenStream();
                await using (body.ConfigureAwait(false))
                {
                    var request = new UploadPartRequest
                    {
                        BucketName = _client.Destination.Bucket,
                        Key = _client.FullKey(_key),
                        UploadId = _uploadId,
                        PartNumber = part.Number,
                        PartSize = part.Length,
                        InputStream = body,
                        MD5Digest = Convert.ToBase64String(md5),
                        DisablePayloadSigning = _settings.IsEncryptedInTransit,
                        UseChunkEncoding = _settings.IsAws,
                    };
                    return await s3.UploadPartAsync(request, token).ConfigureAwait(false);
                }
            }, _stop.Token).ConfigureAwait(false);
            RequireSame(ExpectedETag(response.ServerSideEncryptionMethod, ETags.OfBytes(md5)), response.ETag);
            lock (_sent)
            {
                _sent.Add(part.Number, new SentPart(response, md5));
            }
        }
        finally
        {
            part.Release(_pool);
            Interlocked.Add(ref _chunksInUse, -chunks);
        }
    }

    private async Task<string?> PutAsync(CancellationToken cancellationToken)
    {
        var md5 = _part.ComputeMd5();
        var attempts = 0;
        var response = await _client.CallAsync("s3:PutObject", _key, _part.Length, async (s3, token) =>
        {
            attempts++;
            var body = _part.OpenStream();
            await using (body.ConfigureAwait(false))
            {
                var request = new PutObjectRequest
                {
                    BucketName = _client.Destination.Bucket,
                    Key = _client.FullKey(_key),
                    InputStream = body,
                    MD5Digest = Convert.ToBase64String(md5),
                };
                _settings.Apply(request);
                try
                {
                    return await s3.PutObjectAsync(request, token).ConfigureAwait(false);
                }
                catch (AmazonS3Exception error) when (error.StatusCode == System.Net.HttpStatusCode.PreconditionFailed && attempts > 1)
                {
                    // Perhaps the first attempt stored the object and only its answer was lost.
                    if (await s3.TryHeadAsync(_client, _key, token).ConfigureAwait(false) is { } head && ETags.Unquote(head.ETag) == ETags.OfBytes(md5))
                    {
                        return new PutObjectResponse { ETag = head.ETag };
                    }

                    throw;
                }
            }
        }, cancellationToken).ConfigureAwait(false);
        var expected = ExpectedETag(response.ServerSideEncryptionMethod, ETags.OfBytes(md5));
        RequireSame(expected, response.ETag);
        return expected;
    }

    private async Task<string?> CompleteMultipartAsync(CancellationToken cancellationToken)
    {
        if (_settings.OnlyIfAbsent && await _client.HeadAsync(_key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(_key);
        }

        var request = new CompleteMultipartUploadRequest { BucketName = _client.Destination.Bucket, Key = _client.FullKey(_key), UploadId = _uploadId };
        request.AddPartETags(_sent.Values.Select(part => part.Response));
        if (_settings.OnlyIfAbsent)
        {
            request.IfNoneMatch = "*";
        }

        var expected = ExpectedETag(_sent.Values.First().Response.ServerSideEncryptionMethod, ETags.OfParts([.. _sent.Values.Select(part => part.Md5)]));
        var attempts = 0;
        await _client.CallAsync("s3:PutObject", _key, 0, async (s3, token) =>
        {
            attempts++;
            try
            {
                return await s3.CompleteMultipartUploadAsync(request, token).ConfigureAwait(false);
            }
            catch (AmazonS3Exception error) when (attempts > 1 && error.ErrorCode is ("NoSuchUpload" or "PreconditionFailed"))
            {
                // Perhaps an earlier attempt completed the object and only its answer was lost.
                if (await s3.TryHeadAsync(_client, _key, token).ConfigureAwait(false) is { } head
                    && head.ContentLength == _size && (expected is null || ETags.Unquote(head.ETag) == expected))
                {
                    return new CompleteMultipartUploadResponse { ETag = head.ETag };
                }

                throw;
            }
        }, cancellationToken).ConfigureAwait(false);
        return expected;
    }

    private string? ExpectedETag(ServerSideEncryptionMethod? answered, string md5) => S3Encryption.HasMd5ETags(answered, _settings.IsAws) ? md5 : null;

    private void RequireSame(string? expected, string? actual)
    {
        if (expected is not null && ETags.Unquote(actual) != expected)
        {
            throw new ChecksumMismatchException(_key, expected, ETags.Unquote(actual));
        }
    }

    private sealed record SentPart(UploadPartResponse Response, byte[] Md5);
}
