using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.S3.Inspection;
using Traf3li.Backup.Engine.Stores.S3.Setup;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Objects in a bucket of AWS S3 or of a store that speaks its protocol.</summary>
/// <remarks>Keys are listed in the order of their UTF-8 bytes, as S3 does; that is the ordinal order but for characters beyond U+FFFF.</remarks>
internal sealed class S3Store(S3Client client, S3Encryption encryption, S3StoreOptions options) : IObjectStore
{
    /// <summary>What is written to try whether it can be. Among the backups, so that what a killed check leaves is removed with what killed backups leave.</summary>
    internal const string AccessCheckKey = BackupKey.Root + ".traf3li-access-check";

    // Others may not know the header, and would find that a signature does not fit.
    private static readonly List<string> ThawsAsWell = [OptionalObjectAttributes.RestoreStatus.Value];

    private readonly ChunkPool _chunks = new();
    private readonly ArchiveClasses _archives = new(client);

    /// <inheritdoc />
    public string DisplayName => client.Destination.DisplayName;

    /// <inheritdoc />
    public bool ReadsBackByDefault => false;

    /// <inheritdoc />
    public IObjectLocks ObjectLocks => new S3ObjectLocks(client);

    private string Bucket => client.Destination.Bucket;

    private S3Client Client => client;

    /// <inheritdoc />
    /// <remarks>
    /// Not every store heeds If-None-Match when a multipart upload is completed (Ceph 18 does not), so the key is also looked at just before.
    /// On such a store a writer that completes the same key within those milliseconds is overwritten.
    /// </remarks>
    public async Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions uploadOptions, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        cancellationToken.ThrowIfCancellationRequested();
        if (uploadOptions.OnlyIfAbsent && await FindAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(key);
        }

        return new S3Upload(client, _chunks, new S3ObjectSettings(client.Destination, encryption, uploadOptions), options, key);
    }

    /// <inheritdoc />
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        return await client.HeadAsync(key, cancellationToken).ConfigureAwait(false) is { } head
            ? Describe(key, head) with { Archive = await _archives.FindAsync(key, head, cancellationToken).ConfigureAwait(false) }
            : null;
    }

    /// <inheritdoc />
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => ListAsync(prefix, "", cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = client.FullKey(prefix), StartAfter = after.Length == 0 ? null : client.FullKey(after), ContinuationToken = continuation, OptionalObjectAttributes = client.Destination.Endpoint is null ? ThawsAsWell : null };
            var page = await client.CallAsync("s3:ListBucket", null, 0, (s3, token) => s3.ListObjectsV2Async(request, token), cancellationToken).ConfigureAwait(false);
            foreach (var item in page.S3Objects ?? [])
            {
                var key = item.Key[client.Destination.Prefix.Length..];
                // Consoles create empty objects whose names end in a slash, to show folders.
                if (ObjectKey.IsValid(key))
                {
                    var archive = await _archives.FindAsync(key, item, cancellationToken).ConfigureAwait(false);
                    yield return new StoredObject(key, item.Size ?? 0, Utc(item.LastModified), item.StorageClass?.Value, ETags.Unquote(item.ETag), archive);
                }
            }

            continuation = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (continuation is not null);
    }

    /// <inheritdoc />
    public async Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var head = await client.HeadAsync(key, cancellationToken).ConfigureAwait(false) ?? throw new BackupNotFoundException(key, DisplayName);
        if (await _archives.FindAsync(key, head, cancellationToken).ConfigureAwait(false) is { CanBeRead: false } archive)
        {
            throw archive.Error(key);
        }

        var start = Math.Min(offset, head.ContentLength);
        var end = length is { } wanted && wanted < head.ContentLength - start ? start + wanted : head.ContentLength;
        return new S3ReadStream(client, _chunks, options, key, head.ETag, start, end);
    }

    /// <inheritdoc />
    public Task<(StoredObject Stored, byte[]? Bytes)?> ReadWholeAsync(string key, int limit, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        return client.CallAsync("s3:GetObject", key, limit, (s3, token) => s3.TryReadAsync(client, key, limit, token), cancellationToken);
    }

    /// <inheritdoc />
    public async Task<StoredObject?> TryCopyAsync(IObjectStore source, string key, UploadOptions uploadOptions, Action<long> copied, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        if (source is not S3Store other || !client.IsOfOneServiceWith(other.Client))
        {
            return null;
        }

        return await new S3ServerCopy(client, other.Client, new S3ObjectSettings(client.Destination, encryption, uploadOptions), options, key)
            .TryRunAsync(copied, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task<bool> ThawAsync(StoredObject item, ThawTier tier, int days, CancellationToken cancellationToken) => S3Thaw.RequestAsync(client, item, tier, days, cancellationToken);

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Require(key);
        return new S3BatchDeletion(client).DeleteAsync(key, cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, BackupException>> DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        new S3BatchDeletion(client).RunAsync(keys, cancellationToken);

    /// <inheritdoc />
    public async Task<bool> KeepsVersionsAsync(CancellationToken cancellationToken)
    {
        var versioning = await new BucketInspection(client).VersioningAsync(cancellationToken).ConfigureAwait(false);
        return versioning is { IsKnown: true, Value: BucketVersioning.Enabled };
    }

    /// <inheritdoc />
    public async Task<StoreFacts> InspectAsync(CancellationToken cancellationToken) =>
        new() { Bucket = await new BucketInspection(client).RunAsync(cancellationToken).ConfigureAwait(false) };

    /// <inheritdoc />
    public Task<IReadOnlyList<StoreStep>> PrepareAsync(StorePreparation wanted, CancellationToken cancellationToken) =>
        new BucketSetup(client, encryption, TryWritingAsync, wanted).RunAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>The right to write is tried by beginning a multipart upload and aborting it: that makes no object.</remarks>
    public async Task CheckAccessAsync(bool write, CancellationToken cancellationToken)
    {
        var list = new ListObjectsV2Request { BucketName = Bucket, Prefix = client.Destination.Prefix, MaxKeys = 1 };
        await client.CallAsync("s3:ListBucket", null, 0, (s3, token) => s3.ListObjectsV2Async(list, token), cancellationToken).ConfigureAwait(false);
        _ = await client.HeadAsync(AccessCheckKey, cancellationToken).ConfigureAwait(false);
        if (write)
        {
            var upload = new S3Upload(client, _chunks, new S3ObjectSettings(client.Destination, encryption, new UploadOptions()), options, AccessCheckKey);
            await using (upload.ConfigureAwait(false))
            {
                await upload.StartMultipartAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) =>
        new S3StaleUploads(client).RemoveAsync(prefix, olderThan, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    // As backups write, and whole: what refuses objects need not refuse the begin of an upload in parts.
    private async Task TryWritingAsync(CancellationToken cancellationToken)
    {
        var upload = await BeginUploadAsync(AccessCheckKey, new UploadOptions { IsReadOften = true }, cancellationToken).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            await upload.WriteAsync("?"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        await DeleteAsync(AccessCheckKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is known of an object from its headers.</summary>
    internal static StoredObject Describe(string key, GetObjectMetadataResponse head) => new(key, head.ContentLength, Utc(head.LastModified), head.StorageClass?.Value ?? S3StorageClass.Standard.Value, ETags.Unquote(head.ETag));

    /// <summary>Describes an object by the answer that carries it.</summary>
    internal static StoredObject Describe(string key, GetObjectResponse answer) => new(key, answer.ContentLength, Utc(answer.LastModified), answer.StorageClass?.Value ?? S3StorageClass.Standard.Value, ETags.Unquote(answer.ETag));

    private static DateTime Utc(DateTime? time) => time is { } value ? value.ToUniversalTime() : DateTime.UnixEpoch;
}
