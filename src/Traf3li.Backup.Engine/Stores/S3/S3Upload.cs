using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// An object being uploaded: at once when it fits into the first part, else in parts of which several are on their way. Each part carries
/// its CRC-32 or MD5, which the store checks on arrival.
/// </summary>
internal sealed class S3Upload : IObjectUpload
{
    private readonly S3Client _client;
    private readonly ChunkPool _pool;
    private readonly S3ObjectSettings _settings;
    private readonly S3StoreOptions _options;
    private readonly string _key;
    private UploadPart _part = new(1);
    private S3MultipartUpload? _parts;
    private long _size;
    private int _chunksInUse;

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
        if (_parts is null)
        {
            (expected, var written) = await PutAsync(cancellationToken).ConfigureAwait(false);
            if (_settings.OnlyIfVersion is not null)
            {
                return await DescribeAsync(written, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            await SendPartAsync(cancellationToken).ConfigureAwait(false);
            expected = await _parts.CompleteAsync(_size, cancellationToken).ConfigureAwait(false);
            if (_settings.Tags is { } tags && !_settings.IsAws)
            {
                // Ceph forgets the tags that a multipart upload was begun with.
                var request = new PutObjectTaggingRequest { BucketName = _client.Destination.Bucket, Key = _client.FullKey(_key), Tagging = new Tagging { TagSet = tags } };
                await _client.CallAsync("s3:PutObjectTagging", _key, 0, (s3, token) => s3.PutObjectTaggingAsync(request, token), cancellationToken).ConfigureAwait(false);
            }
        }

        var head = await _client.HeadAsync(_key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreFailedException("s3:PutObject", _key, "the store said that the object was stored, but does not find it.");
        if (head.ContentLength != _size)
        {
            throw new StoreFailedException("s3:PutObject", _key, $"the stored object has {head.ContentLength} bytes, not the {_size} sent.");
        }

        ETags.RequireSame(_key, expected, head.ETag);
        return S3Store.Describe(_key, head);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _part.Release(_pool);
        if (_parts is not null)
        {
            await _parts.DisposeAsync().ConfigureAwait(false);
            _parts = null;
        }
    }

    /// <summary>Begins the multipart upload.</summary>
    internal async Task StartMultipartAsync(CancellationToken cancellationToken) =>
        _parts = await S3MultipartUpload.StartAsync(
            _client, _pool, _settings, _options, _key, chunks => Interlocked.Add(ref _chunksInUse, -chunks), cancellationToken).ConfigureAwait(false);

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

        if (_parts is null)
        {
            await StartMultipartAsync(cancellationToken).ConfigureAwait(false);
        }

        var part = _part;
        _part = new UploadPart(part.Number + 1);
        await _parts!.SendAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForMemoryAsync(CancellationToken cancellationToken)
    {
        var most = Math.Max(1, _options.UploadMemory / ChunkPool.ChunkSize);
        while (Volatile.Read(ref _chunksInUse) >= most && _parts is { IsSending: true })
        {
            await _parts.WaitForOneAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Others may replace it at once again, so that what is there by now need not be what was written.
    private async Task<StoredObject> DescribeAsync(string eTag, CancellationToken cancellationToken)
    {
        var head = await _client.HeadAsync(_key, cancellationToken).ConfigureAwait(false) ?? throw new ObjectChangedException(_key);
        return S3Store.Describe(_key, head) with { Size = _size, Version = eTag };
    }

    private async Task<(string? Expected, string ETag)> PutAsync(CancellationToken cancellationToken)
    {
        var md5 = _part.ComputeMd5();
        var attempts = 0;
        string? refusedVersion = null;

        async Task<PutObjectResponse> SendAsync(AmazonS3Client s3, CancellationToken token)
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
                };
                _settings.Apply(request, md5);
                _settings.ApplyVersion(request);
                try
                {
                    return await s3.PutObjectAsync(request, token).ConfigureAwait(false);
                }
                catch (AmazonS3Exception error) when (IsRefusedCondition(error))
                {
                    var head = await s3.TryHeadAsync(_client, _key, token).ConfigureAwait(false);
                    if (attempts > 1 && head is not null && ETags.Unquote(head.ETag) == ETags.OfBytes(md5))
                    {
                        // The first attempt stored the object and only its answer was lost.
                        return new PutObjectResponse { ETag = head.ETag };
                    }

                    refusedVersion = head is null ? null : ETags.Unquote(head.ETag);
                    throw;
                }
            }
        }

        PutObjectResponse response;
        try
        {
            response = await _client.CallAsync("s3:PutObject", _key, _part.Length, SendAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupNotFoundException error) when (_settings.OnlyIfVersion is not null)
        {
            throw new ObjectChangedException(_key, error);
        }
        catch (ObjectExistsException error) when (_settings.OnlyIfVersion is { } version)
        {
            if (refusedVersion != version)
            {
                throw new ObjectChangedException(_key, error);
            }

            _settings.QuotesVersions = !_settings.QuotesVersions;
            response = await SendOtherwiseAsync(SendAsync, cancellationToken).ConfigureAwait(false);
        }

        var expected = _settings.ExpectedETag(response.ServerSideEncryptionMethod, ETags.OfBytes(md5));
        ETags.RequireSame(_key, expected, response.ETag);
        return (expected, ETags.Unquote(response.ETag));
    }

    private async Task<PutObjectResponse> SendOtherwiseAsync(Func<AmazonS3Client, CancellationToken, Task<PutObjectResponse>> send, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.CallAsync("s3:PutObject", _key, _part.Length, send, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectExistsException error)
        {
            throw new ObjectChangedException(_key, error);
        }
    }

    private static bool IsRefusedCondition(AmazonS3Exception error) => error.StatusCode == System.Net.HttpStatusCode.PreconditionFailed;
}
