using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Testing.Retention;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>Retention over real buckets.</summary>
public abstract class S3RetentionTests(S3ServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_expired_goes_and_what_is_held_stays()
    {
        var server = await fixture.GetAsync();
        await using var store = S3Stores.Open(server, server.NewDestination());
        var sample = new StoreSample(store);
        await FillAsync(sample);
        var held = await sample.PutAsync(StoreSample.Ago(8), BackupSource.Redis, 3);
        var holds = new HoldPipeline(store, sample.Reporter, TimeProvider.System);
        var hold = await holds.ProtectAsync(held, "audit 2026", until: null, Token);
        Assert.Equal(hold.Date, (await holds.ProtectAsync(held, "another", until: null, Token)).Date);

        var removed = await sample.RemoveAsync();

        Assert.Equal(3, removed.Count);
        Assert.Equal([4, 2, 2], removed.Select(item => item.ObjectCount));
        Assert.Equal((2 * 2) + (3 * 4) + 1, (await sample.KeysAsync()).Count);
        Assert.NotNull(await holds.UnprotectAsync(held, Token));
        Assert.Equal(held, Assert.Single(await sample.RemoveAsync()).Key);
        Assert.Empty(await sample.RemoveAsync());
    }

    [Fact]
    public async Task In_a_bucket_that_keeps_versions_what_was_removed_is_said_to_be_hidden()
    {
        if (await fixture.GetAsync() is not CephServer ceph)
        {
            Assert.Skip("Only a server of the test's own can have a bucket with versions.");
            return;
        }

        var bucket = $"versions-{Guid.NewGuid():N}";
        using var client = ceph.CreateClient();
        await client.PutBucketAsync(bucket, Token);
        await client.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } }, Token);
        await using var store = S3Stores.Open(ceph, $"s3://{bucket}/p?endpoint={ceph.Endpoint}");
        var sample = new StoreSample(store);
        await FillAsync(sample);

        var removed = await sample.RemoveAsync();

        Assert.All(removed, item => Assert.True(item.IsHidden));
        Assert.Contains("only hidden", Assert.Single(sample.Reporter.Warnings), StringComparison.Ordinal);
        var versions = await client.ListVersionsAsync(bucket, "p/" + removed[0].Key, Token);
        Assert.Contains(versions.Versions, version => version.IsDeleteMarker != true && version.Size == StoreSample.Content.Length);
    }

    private static async Task FillAsync(StoreSample sample)
    {
        foreach (var day in Enumerable.Range(1, 4))
        {
            await sample.PutAsync(StoreSample.Ago(day));
        }

        await sample.PutAsync(StoreSample.Ago(1), BackupSource.Redis, 3);
        await sample.PutAsync(StoreSample.Ago(2), BackupSource.Redis, 3);
        await sample.PutAsync(StoreSample.Ago(5), BackupSource.Redis, 3);
    }
}
