using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Testing.Retention;
using Traf3li.Backup.Testing.Servers;
using static Traf3li.Backup.Testing.Retention.StoreSample;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>Retention and holds over real buckets with Object Lock.</summary>
public abstract class S3ObjectLockTests(S3ServerFixture fixture)
{
    private static readonly DateTime Until = Ago(-2);

    private readonly string _bucket = $"locked-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_locked_stays_with_its_reason_until_the_store_lets_go()
    {
        var (client, store) = await OpenAsync();
        using var _ = client;
        await using var __ = store;
        var sample = new StoreSample(store);
        var old = new List<string>();
        foreach (var day in Enumerable.Range(1, 6))
        {
            old.Add(await sample.PutAsync(Ago(day)));
        }

        await RetainAsync(client, old[2], ObjectLockRetentionMode.Compliance, Until);
        await RetainAsync(client, BackupKey.ManifestOf(old[3]), ObjectLockRetentionMode.Governance, Until);
        await store.ObjectLocks.HoldAsync(old[4], isHeld: true, Token);

        var plan = await sample.PlanAsync();

        Assert.Equal("held by a legal hold of the bucket", plan.Single(item => item.Key == old[4]).Reason[0].Text);
        Assert.Equal($"locked until {Until:yyyy-MM-dd HH:mm} UTC (governance)", plan.Single(item => item.Key == old[3]).Reason[0].Text);
        Assert.Equal($"locked until {Until:yyyy-MM-dd HH:mm} UTC (compliance)", plan.Single(item => item.Key == old[2]).Reason[0].Text);
        Assert.Equal([old[5]], (await sample.RemoveAsync()).Select(item => item.Key));

        await store.ObjectLocks.HoldAsync(old[4], isHeld: false, Token);
        Assert.Equal([old[4]], (await sample.RemoveAsync()).Select(item => item.Key));
        await store.ObjectLocks.ShortenAsync(BackupKey.ManifestOf(old[3]), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2), Token);
        var manifest = await VersionAsync(client, BackupKey.ManifestOf(old[3]));
        IReadOnlyList<RemovedBackup> removed;
        do
        {
            removed = await sample.RemoveAsync();
        }
        while (removed.Count == 0);

        Assert.Equal([old[3]], removed.Select(item => item.Key));
        await client.DeleteObjectAsync(_bucket, "p/" + BackupKey.ManifestOf(old[3]), manifest, Token);
        Assert.Contains(old[2], await sample.KeysAsync(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_hold_is_one_of_the_bucket_too_until_it_is_lifted()
    {
        var (client, store) = await OpenAsync();
        using var _ = client;
        await using var __ = store;
        var sample = new StoreSample(store);
        var key = await sample.PutAsync(Ago(3), BackupSource.Redis, 2);
        var parts = await sample.KeysAsync();
        var holds = new HoldPipeline(store, sample.Reporter, TimeProvider.System);

        Assert.Equal(HoldLock.LegalHold, (await holds.ProtectAsync(key, "audit", until: null, Token)).ObjectLock);

        Assert.Equal(3, parts.Count);
        foreach (var part in parts)
        {
            Assert.Equivalent(new ObjectLockState(null, true), await store.ObjectLocks.FindAsync(part, Token), strict: true);
            await AssertRefusedAsync(client, part);
        }

        Assert.NotNull(await holds.UnprotectAsync(key, Token));
        foreach (var part in parts)
        {
            Assert.Equivalent(ObjectLockState.None, await store.ObjectLocks.FindAsync(part, Token), strict: true);
        }

        Assert.Empty(sample.Reporter.Warnings);
    }

    [Fact]
    public async Task A_hold_with_an_end_is_a_retention_that_is_lifted_with_it()
    {
        var (client, store) = await OpenAsync();
        using var _ = client;
        await using var __ = store;
        var sample = new StoreSample(store);
        var key = await sample.PutAsync(Ago(3));
        var holds = new HoldPipeline(store, sample.Reporter, TimeProvider.System);
        await RetainAsync(client, key, ObjectLockRetentionMode.Governance, Until.AddDays(-1));

        Assert.Equal(HoldLock.Retention, (await holds.ProtectAsync(key, "audit", Until, Token)).ObjectLock);

        await AssertRetainedAsync(store, key, Until);
        await AssertRetainedAsync(store, BackupKey.ManifestOf(key), Until);
        await AssertRefusedAsync(client, key);

        // A shorter one is for nobody without the right to pass it over.
        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => store.ObjectLocks.RetainAsync(key, Until.AddDays(-1), Token));
        Assert.NotNull(await holds.UnprotectAsync(key, Token));
        await AssertRetainedAsync(store, key, Until.AddDays(-1));
        Assert.Contains("(governance)", Assert.Single(sample.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retention_ends_at_once_or_within_minutes()
    {
        var (client, store) = await OpenAsync();
        using var _ = client;
        await using var __ = store;
        var key = await new StoreSample(store).PutAsync(Ago(3));
        await store.ObjectLocks.RetainAsync(key, Until, Token);

        await store.ObjectLocks.ShortenAsync(key, until: null, Token);

        var left = (await store.ObjectLocks.FindAsync(key, Token)).Retention;
        Assert.True(left is null || left.Until < TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2));
    }

    [Fact]
    public async Task Where_the_locks_may_not_be_read_nothing_goes_and_the_right_is_named()
    {
        var (client, store) = await OpenAsync();
        using var _ = client;
        await using var __ = store;
        await client.PutBucketPolicyAsync(
            _bucket,
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:GetObjectRetention","s3:PutObjectLegalHold"],"Resource":"arn:aws:s3:::{{_bucket}}/*"}]}""",
            Token);
        var sample = new StoreSample(store);
        var keys = new List<string>();
        foreach (var day in Enumerable.Range(1, 4))
        {
            keys.Add(await sample.PutAsync(Ago(day)));
        }

        Assert.Empty(await sample.RemoveAsync());

        Assert.Contains("s3:GetObjectRetention", Assert.Single(sample.Reporter.Warnings), StringComparison.Ordinal);
        await new HoldPipeline(store, sample.Reporter, TimeProvider.System).ProtectAsync(keys[0], "audit", until: null, Token);
        Assert.Contains("s3:PutObjectLegalHold", sample.Reporter.Warnings.Last(), StringComparison.Ordinal);
        Assert.NotNull(await new BackupHolds(store).FindAsync(keys[0], Token));
    }

    [Fact]
    public async Task A_bucket_without_Object_Lock_says_so()
    {
        var (client, store) = await OpenAsync(isLocking: false);
        using var _ = client;
        await using var __ = store;
        var key = await new StoreSample(store).PutAsync(Ago(3));

        Assert.Equal(Fact.Of(false), await store.ObjectLocks.AreOnAsync(Token));
        Assert.Equivalent(ObjectLockState.None, await store.ObjectLocks.FindAsync(key, Token), strict: true);
    }

    private async Task<(AmazonS3Client Client, S3Store Store)> OpenAsync(bool isLocking = true)
    {
        if (await fixture.GetAsync() is not CephServer ceph)
        {
            Assert.Skip("Only a server of the test's own can have buckets made.");
            throw new InvalidOperationException();
        }

        var client = ceph.CreateClient();
        await client.PutBucketAsync(new PutBucketRequest { BucketName = _bucket, ObjectLockEnabledForBucket = isLocking }, Token);
        return (client, S3Stores.Open(ceph, $"s3://{_bucket}/p?endpoint={ceph.Endpoint}"));
    }

    private Task<PutObjectRetentionResponse> RetainAsync(AmazonS3Client client, string key, ObjectLockRetentionMode mode, DateTime until) => client.PutObjectRetentionAsync(
        new PutObjectRetentionRequest { BucketName = _bucket, Key = "p/" + key, Retention = new ObjectLockRetention { Mode = mode, RetainUntilDate = until } }, Token);

    private async Task<string> VersionAsync(AmazonS3Client client, string key) =>
        (await client.GetObjectMetadataAsync(_bucket, "p/" + key, Token)).VersionId;

    private async Task AssertRefusedAsync(AmazonS3Client client, string key)
    {
        var version = await VersionAsync(client, key);
        var error = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.DeleteObjectAsync(_bucket, "p/" + key, version, Token));
        Assert.Equal("AccessDenied", error.ErrorCode);
    }

    private static async Task AssertRetainedAsync(S3Store store, string key, DateTime until)
    {
        var retention = (await store.ObjectLocks.FindAsync(key, Token)).Retention;
        Assert.Equal(ObjectLockMode.Governance, retention!.Mode);
        Assert.Equal(until, retention.Until, TimeSpan.FromSeconds(1));
    }
}
