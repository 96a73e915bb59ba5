using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>Copies between folders and real buckets, and from bucket to bucket by the service itself.</summary>
public sealed class S3CopyTests(Ceph18Fixture ceph18, Ceph16Fixture ceph16) : IDisposable
{
    private const int Large = 21_000_001;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileSystemStore Folder => new(_folder.Path, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task From_a_folder_to_a_bucket_and_back(bool isCeph16, bool isBack)
    {
        var server = await ServerAsync(isCeph16);
        await using var bucket = S3Stores.Open(server, server.NewDestination());
        var sample = isBack ? new CopySample(bucket, Folder) : new CopySample(Folder, bucket);
        var keys = new[] { await sample.PutAsync(CopySample.Ago(1), size: Large), await sample.PutAsync(CopySample.Ago(2), BackupSource.Redis, 3) };

        var results = await sample.CopyAsync(null, null, keys);

        Assert.All(results, result => Assert.Equal((CopyStatus.Copied, CopyMethod.Stream, isBack), (result.Status, result.Method, result.ReadBack)));
        Assert.Empty(await sample.MissingAsync());
        await sample.RequireSameAsync(keys[0]);
        await sample.RequireSameAsync(keys[1]);
    }

    [Theory]
    [InlineData(false, 256 << 20)]
    [InlineData(false, 6 << 20)]
    [InlineData(true, 256 << 20)]
    [InlineData(true, 6 << 20)]
    public async Task From_bucket_to_bucket_the_service_copies_by_itself_at_once_or_in_parts(bool isCeph16, int partSize)
    {
        var server = await ServerAsync(isCeph16);
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(server, With(server.NewDestination(), "tag.kind=copy"), options: new S3StoreOptions { CopyPartSize = partSize });
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1), size: Large);

        var result = await sample.CopyOneAsync(key);

        Assert.Equal((CopyStatus.Copied, CopyMethod.ServerSide, true), (result.Status, result.Method, result.ReadBack));
        Assert.Equal(CopyStatus.AlreadyThere, (await sample.CopyOneAsync(key)).Status);
        await sample.RequireSameAsync(key);
    }

    [Theory]
    [InlineData(256 << 20)]
    [InlineData(6 << 20)]
    public async Task What_the_destination_asks_for_holds_for_what_the_service_copies(int partSize)
    {
        var server = await ServerAsync(isCeph16: false);
        var destination = With(server.NewDestination(), "sse=aws:kms&kmsKeyId=testkey-1");
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(server, destination, options: new S3StoreOptions { CopyPartSize = partSize });
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1), size: Large);

        var result = await sample.CopyOneAsync(key);

        var (client, place) = S3Stores.Raw(server, destination);
        using (client)
        {
            var head = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = place.Bucket, Key = place.Prefix + key }, Token);
            Assert.Equal(ServerSideEncryptionMethod.AWSKMS, head.ServerSideEncryptionMethod);
        }

        Assert.True(result.ReadBack);
        await sample.RequireSameAsync(key);
    }

    [Fact]
    public async Task What_was_damaged_at_its_source_is_not_kept_when_the_service_copied_it()
    {
        var server = await ServerAsync(isCeph16: false);
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(server, server.NewDestination());
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1));
        var bytes = await CopySample.ReadAsync(here, key);
        bytes[3] ^= 1;
        await CopySample.PutObjectAsync(here, key, bytes);

        Assert.Equal("ChecksumMismatch", (await sample.CopyOneAsync(key)).ErrorId);
        Assert.Empty(await CopySample.KeysAsync(there));
    }

    [Fact]
    public async Task Between_two_services_and_between_two_logins_the_bytes_go_through_here()
    {
        var (server, other) = (await ServerAsync(isCeph16: false), await ServerAsync(isCeph16: true));
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(other, other.NewDestination());
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1), size: Large);

        Assert.Equal(CopyMethod.Stream, (await sample.CopyOneAsync(key)).Method);
        await sample.RequireSameAsync(key);
    }

    [Fact]
    public async Task A_service_that_refuses_to_copy_is_gone_round()
    {
        var server = await ServerAsync(isCeph16: false);
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(server, server.NewDestination(), options: new S3StoreOptions { CopyPartSize = 1000 });
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1));

        // Parts of 1000 bytes are smaller than S3 allows.
        Assert.Equal((CopyStatus.Copied, CopyMethod.Stream), await sample.CopyOneAsync(key) is var result ? (result.Status, result.Method) : default);
        await sample.RequireSameAsync(key);
        Assert.Equal(0, await there.RemoveStaleUploadsAsync(BackupKey.Root, DateTime.MaxValue, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_by_the_service_that_is_stopped_leaves_neither_an_object_nor_an_upload(bool isCeph16)
    {
        var server = await ServerAsync(isCeph16);
        await using var here = S3Stores.Open(server, server.NewDestination());
        await using var there = S3Stores.Open(server, server.NewDestination(), options: new S3StoreOptions { CopyPartSize = 6 << 20, ParallelParts = 1 });
        var sample = new CopySample(here, there);
        var key = await sample.PutAsync(CopySample.Ago(1), size: Large);
        using var stop = new CancellationTokenSource();
        var pipeline = new CopyPipeline(here, there, new ActWhen(update => update.PercentComplete > 0, stop.Cancel), new BusyClock());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in pipeline.RunAsync(CopySample.Options() with { Key = [key], ExpectedSize = Large }, stop.Token))
            {
                Assert.Fail("It was copied.");
            }
        });

        Assert.True(stop.IsCancellationRequested, "It was stopped by something else.");
        Assert.Empty(await CopySample.KeysAsync(there));
        Assert.Equal(0, await there.RemoveStaleUploadsAsync(BackupKey.Root, DateTime.MaxValue, Token));
        Assert.Equal(CopyStatus.Copied, (await sample.CopyOneAsync(key)).Status);
        await sample.RequireSameAsync(key);
    }

    private async Task<S3TestServer> ServerAsync(bool isCeph16) => isCeph16 ? await ceph16.GetAsync() : await ceph18.GetAsync();

    private static string With(string destination, string query) => destination + (destination.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query;
}
