using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>What Ceph 18 calls an archive: a class of its own that is none, and one whose objects it moves to another cloud. It cannot thaw.</summary>
public sealed class CephArchiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Explicit, since it needs a server of its own, on which a day lasts two seconds.
    [Fact(Explicit = true)]
    public async Task A_name_is_no_archive_and_a_move_to_another_cloud_is_one()
    {
        await using var ceph = await StartAsync();
        await ceph.AddArchivesAsync(Token);
        using var client = ceph.CreateClient();
        await client.PutBucketAsync("cloud", Token);
        await using var store = S3Stores.Open(ceph, ceph.Destination);
        var named = await CopySample.PutAsync(S3Stores.Open(ceph, ceph.Destination + "&storageClass=GLACIER"), CopySample.Ago(1));
        var moved = await CopySample.PutAsync(store, CopySample.Ago(2));

        Assert.Equal("GLACIER", (await store.FindAsync(named, Token))!.StorageClass);
        await MoveAsync(client, moved);

        using var folder = new TemporaryFolder();
        var sample = new CopySample(store, new FileSystemStore(folder.Path, TimeProvider.System));
        var results = await sample.CopyAsync(null, null, named, moved);
        Assert.Equal(CopyStatus.Copied, results.Single(result => result.Key == named).Status);
        Assert.Equal("ObjectArchived", results.Single(result => result.Key == moved).ErrorId);

        var listed = new Dictionary<string, BackupInfo>(StringComparer.Ordinal);
        await foreach (var backup in new Traf3li.Backup.Engine.Catalog.BackupCatalog(store).ListAsync(new BackupQuery { WorkingDirectory = folder.Path }, Token))
        {
            listed.Add(backup.Key, backup);
        }

        Assert.Equal(("GLACIER", null, BackupStatus.Complete), (listed[named].StorageClass, listed[named].ThawStatus, listed[named].Status));
        Assert.Equal(("DEEP_ARCHIVE", ThawStatus.Archived, BackupStatus.Complete), (listed[moved].StorageClass, listed[moved].ThawStatus, listed[moved].Status));
        Assert.Equal(listed[named].Size, listed[moved].Size);

        var options = new ThawOptions { WorkingDirectory = folder.Path, Backup = listed[moved], Operation = RunOperation.Restore };
        Assert.Equal(ThawStatus.Archived, (await new ThawPipeline(store, TimeProvider.System).PlanAsync(options, Token))!.Status);
        var error = await Assert.ThrowsAsync<StoreFailedException>(() => new ThawPipeline(store, TimeProvider.System).RunAsync(options, Token));
        Assert.Contains("does not know how to thaw", error.Message, StringComparison.Ordinal);
    }

    private static async Task MoveAsync(AmazonS3Client client, string key)
    {
        const string Bucket = "traf3li-test";
        var rule = new LifecycleRule
        {
            Id = "move",
            Status = LifecycleRuleStatus.Enabled,
            // By a tag: Ceph 18 heeds no size, and the manifest would move as well.
            Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecycleTagPredicate { Tag = new Tag { Key = "archive", Value = "yes" } } },
            Transitions = [new LifecycleTransition { Days = 1, StorageClass = S3StorageClass.DeepArchive }],
        };
        await client.PutObjectTaggingAsync(new PutObjectTaggingRequest { BucketName = Bucket, Key = key, Tagging = new Tagging { TagSet = [new Tag { Key = "archive", Value = "yes" }] } }, Token);
        await client.PutLifecycleConfigurationAsync(Bucket, new LifecycleConfiguration { Rules = [rule] }, Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await client.GetObjectMetadataAsync(Bucket, key, limit.Token)).StorageClass != S3StorageClass.DeepArchive)
        {
            await Task.Delay(200, limit.Token);
        }
    }

    private static async Task<CephServer> StartAsync()
    {
        try
        {
            return await CephServer.StartAsync("trixie", Token);
        }
        catch (ServerUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}
