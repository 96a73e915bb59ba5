using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Servers;
using Traf3li.Backup.Testing.Stores;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>The store contract on an S3 server.</summary>
public abstract class S3StoreContractTests(S3ServerFixture fixture) : ObjectStoreContract
{
    private AmazonS3Client? _raw;
    private S3Destination? _destination;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _raw?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<IObjectStore> OpenEmptyStoreAsync()
    {
        var server = await fixture.GetAsync();
        var destination = server.NewDestination();
        (_raw, _destination) = S3Stores.Raw(server, destination);
        return S3Stores.Open(server, destination);
    }

    private protected override async Task AbandonUploadAsync(string key)
    {
        var begun = await _raw!.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _destination!.Bucket, Key = _destination.Prefix + key }, Token);
        await _raw.UploadPartAsync(
            new UploadPartRequest { BucketName = _destination.Bucket, Key = _destination.Prefix + key, UploadId = begun.UploadId, PartNumber = 1, InputStream = new MemoryStream([1, 2, 3]), UseChunkEncoding = false }, Token);
    }

    private protected override async Task<int> CountPartialUploadsAsync()
    {
        var page = await _raw!.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _destination!.Bucket, Prefix = _destination.Prefix }, Token);
        return page.MultipartUploads?.Count ?? 0;
    }
}
