using System.Net;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class S3StoreTests(Ceph18Fixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_secret_is_said_to_be_wrong_and_not_shown()
    {
        var server = await fixture.GetAsync();
        await using var store = S3Stores.Open(server, server.NewDestination(), secret: "hush-hush");

        var error = await Assert.ThrowsAsync<StoreAccessDeniedException>(() => store.CheckAccessAsync(write: false, Token));

        Assert.Equal("s3:ListBucket", error.Action);
        Assert.Contains("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_missing_is_named()
    {
        var ceph = await CephAsync();
        await using var store = S3Stores.Open(ceph, $"s3://no-such-bucket/p?endpoint={ceph.Endpoint}");

        Assert.Contains("no-such-bucket", (await Assert.ThrowsAsync<StoreNotFoundException>(() => store.CheckAccessAsync(write: true, Token))).Destination, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreNotFoundException>(async () => await store.ListAsync("", Token).GetAsyncEnumerator(Token).MoveNextAsync());
        await Assert.ThrowsAsync<StoreNotFoundException>(() => PutAsync(store, "k", [1, 2, 3]));
    }

    /// <summary>
    /// A body that a refused request still sends would be taken for the next request. .NET sends one of up to 1,024 bytes even after a refusal,
    /// and closes the connection for the sake of a larger one.
    /// </summary>
    [Fact]
    public async Task A_refused_upload_leaves_nothing_for_the_next_request_to_stumble_over()
    {
        var ceph = await CephAsync();
        var reporter = new RecordingReporter();
        await using var store = S3Stores.Open(ceph, $"s3://no-such-bucket/p?endpoint={ceph.Endpoint}", reporter);

        foreach (var size in Enumerable.Repeat(new[] { 0, 1, 1024, 1025, 2_000_000 }, 10).SelectMany(sizes => sizes))
        {
            await Assert.ThrowsAsync<StoreNotFoundException>(() => PutAsync(store, "k", Content(size)));
            await Assert.ThrowsAsync<StoreNotFoundException>(() => store.CheckAccessAsync(write: false, Token));
        }

        Assert.Empty(reporter.Details);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_unreachable_at_once()
    {
        var ceph = await CephAsync();
        var reporter = new RecordingReporter();
        await using var store = S3Stores.Open(ceph, $"s3://b?endpoint=http://127.0.0.1:{FreePort.Next()}", reporter);

        await Assert.ThrowsAsync<StoreUnreachableException>(() => store.CheckAccessAsync(write: false, Token));
        Assert.Empty(reporter.Details);
    }

    [Fact]
    public async Task A_host_that_has_no_name_is_unreachable()
    {
        var ceph = await CephAsync();
        await using var store = S3Stores.Open(ceph, "s3://b?endpoint=http://no-such-host.invalid");

        await Assert.ThrowsAsync<StoreUnreachableException>(() => store.FindAsync("k", Token));
    }

    [Fact]
    public async Task Tls_to_a_server_without_it_fails_as_tls()
    {
        var ceph = await CephAsync();
        await using var store = S3Stores.Open(ceph, $"s3://b?endpoint=https://127.0.0.1:{ceph.Endpoint.Port}");

        await Assert.ThrowsAsync<TlsFailedException>(() => store.FindAsync("k", Token));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20_000_000)]
    public async Task Objects_are_encrypted_with_the_key_asked_for(int size)
    {
        var ceph = await CephAsync();
        var destination = ceph.NewDestination() + "&sse=aws:kms&kmsKeyId=testkey-1&tag.owner=ops";
        await using var store = S3Stores.Open(ceph, destination);
        var content = Content(size);

        await PutAsync(store, "k", content);

        AssertSame(content, await GetAsync(store, "k"));
        var (raw, parsed) = S3Stores.Raw(ceph, destination);
        using var client = raw;
        var head = await client.GetObjectMetadataAsync(parsed.Bucket, parsed.Prefix + "k", Token);
        Assert.Equal("aws:kms", head.ServerSideEncryptionMethod.Value);
        Assert.Equal("testkey-1", head.ServerSideEncryptionKeyManagementServiceKeyId);
        var tags = await client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = parsed.Bucket, Key = parsed.Prefix + "k" }, Token);
        Assert.Equal(("owner", "ops"), (tags.Tagging.Single().Key, tags.Tagging.Single().Value));
    }

    [Fact]
    public async Task A_read_goes_on_where_the_connection_broke()
    {
        var ceph = await CephAsync();
        await using var proxy = Proxy(ceph);
        var reporter = new RecordingReporter();
        await using var store = S3Stores.Open(ceph, Through(proxy, ceph), reporter);
        var content = Content(30_000_000);
        await PutAsync(store, "k", content);

        proxy.CutDownloadAfter(5_000_000);
        var read = await GetAsync(store, "k");

        AssertSame(content, read);
        Assert.Equal(1, proxy.Cuts);
        Assert.Contains(reporter.Details, message => message.StartsWith("s3:GetObject", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1000, 600)]
    [InlineData(30_000_000, 12_000_000)]
    public async Task A_part_whose_connection_broke_is_sent_again(int size, int cutAfter)
    {
        var ceph = await CephAsync();
        await using var proxy = Proxy(ceph);
        var reporter = new RecordingReporter();
        await using var store = S3Stores.Open(ceph, Through(proxy, ceph), reporter);
        await store.CheckAccessAsync(write: false, Token);
        var content = Content(size);

        proxy.CutUploadAfter(cutAfter);
        await PutAsync(store, "k", content);

        Assert.Equal(1, proxy.Cuts);
        AssertSame(content, await GetAsync(store, "k"));
        Assert.Contains(reporter.Details, message => message.StartsWith("s3:PutObject", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_replaced_while_it_is_read_fails_the_read()
    {
        var server = await fixture.GetAsync();
        await using var store = S3Stores.Open(server, server.NewDestination());
        await PutAsync(store, "k", Content(60_000_000));
        await using var stream = await store.OpenReadAsync("k", 0, null, Token);
        await stream.ReadExactlyAsync(new byte[100], Token);

        await PutAsync(store, "k", Content(100));

        await Assert.ThrowsAsync<StoreFailedException>(() => stream.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task A_process_killed_while_uploading_leaves_only_what_the_next_run_removes()
    {
        var server = await fixture.GetAsync();
        var destination = server.NewDestination();
        await using var store = S3Stores.Open(server, destination);
        using var folder = new TemporaryFolder();
        await ChildTest.RunAndKillAsync(typeof(KilledS3Upload), nameof(KilledS3Upload.Uploads_until_killed), folder.Path, KilledS3Upload.Environment(server, destination), Token);

        Assert.Null(await store.FindAsync(KilledS3Upload.Key, Token));
        Assert.Equal(1, await store.RemoveStaleUploadsAsync("", DateTime.UtcNow.AddMinutes(5), Token));
        Assert.Equal(0, await store.RemoveStaleUploadsAsync("", DateTime.UtcNow.AddMinutes(5), Token));
    }

    private static FaultyProxy Proxy(CephServer ceph) => new(new IPEndPoint(IPAddress.Loopback, ceph.Endpoint.Port));

    private static string Through(FaultyProxy proxy, CephServer ceph) =>
        ceph.NewDestination().Replace($":{ceph.Endpoint.Port}", $":{proxy.Port}", StringComparison.Ordinal);

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static async Task PutAsync(S3Store store, string key, byte[] content)
    {
        await using var upload = await store.BeginUploadAsync(key, new UploadOptions(), Token);
        await upload.WriteAsync(content, Token);
        await upload.CompleteAsync(Token);
    }

    private static async Task<byte[]> GetAsync(S3Store store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, 0, null, Token);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Token);
        return memory.ToArray();
    }

    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual), "The bytes differ.");

    private async Task<CephServer> CephAsync()
    {
        var server = await fixture.GetAsync() as CephServer;
        if (server is null)
        {
            Assert.Skip("The test needs the Ceph that it starts itself.");
        }

        return server;
    }
}
