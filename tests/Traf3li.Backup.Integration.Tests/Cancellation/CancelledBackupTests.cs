using System.Net;
using Amazon.S3.Model;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Cancellation;

/// <summary>Backups that are cancelled while they are being stored leave nothing, and the next one is none the worse for it.</summary>
public sealed class CancelledBackupTests(ReplicaSet6 fixture, Ceph18Fixture ceph) : IClassFixture<ReplicaSet6>, IDisposable
{
    // More than two parts of an upload.
    private const int Megabytes = 24;

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new(new ProcessEnvironment(), new BusyClock());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_a_folder_no_file_is_left()
    {
        await FillAsync();
        IReadOnlyList<string> Files() => BackupFiles.In(_folder.Path);

        await CancelAsync(Options(_folder.Path, credential: null), _ => Files().Any(path => TemporaryFileName.IsTemporary(Path.GetFileName(path)) && new FileInfo(path).Length > 0));

        Assert.Empty(Files());
        await RequireNextSucceedsAsync(Options(_folder.Path, credential: null));
    }

    [Fact]
    public async Task In_s3_neither_an_object_nor_an_upload_is_left()
    {
        var server = await ceph.GetAsync();
        var destination = server.NewDestination();
        var (raw, bucket) = S3Stores.Raw(server, destination);
        using var _ = raw;
        await FillAsync();
        async Task<int> CountUploadsAsync() =>
            (await raw.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket.Bucket, Prefix = bucket.Prefix })).MultipartUploads?.Count ?? 0;
        var options = Options(destination, new NetworkCredential(server.AccessKeyId, server.SecretAccessKey));

        await CancelAsync(options, _ => CountUploadsAsync().GetAwaiter().GetResult() > 0);

        Assert.Equal(0, await CountUploadsAsync());
        var listed = await raw.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket.Bucket, Prefix = bucket.Prefix });
        Assert.DoesNotContain(listed.S3Objects ?? [], item => BackupFiles.IsOfBackup(item.Key));
        await RequireNextSucceedsAsync(options);
    }

    private async Task CancelAsync(BackupOptions options, Func<ProgressUpdate, bool> isTime)
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.BackupAsync(options, new ActWhen(isTime, stop.Cancel), stop.Token));
        Assert.True(stop.IsCancellationRequested, "It was cancelled by something else.");
    }

    private async Task RequireNextSucceedsAsync(BackupOptions options) =>
        Assert.Equal(BackupStatus.Complete, (await _engine.BackupAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken)).Status);

    private async Task FillAsync()
    {
        await fixture.ClearAsync();
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        await fixture.Server.Database("shop").GetCollection<BsonDocument>("photos").InsertManyAsync(
            Enumerable.Range(0, Megabytes).Select(id => new BsonDocument { { "_id", id }, { "bytes", bytes } }));
    }

    private BackupOptions Options(string destination, NetworkCredential? credential) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = destination,
        DestinationCredential = credential,
        Uri = fixture.Server.Uri,
        Database = ["shop"],
        Compression = CompressionMethod.None,
    };
}
