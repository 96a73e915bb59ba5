using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Testing.Retention;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>A real bucket is made and set up.</summary>
public sealed class BucketSetupTests(Ceph18Fixture fixture)
{
    private readonly string _bucket = $"setup-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StorePreparation Wanted => new(null, 30, 90, 30, IsPlan: false);

    [Fact]
    public async Task A_new_bucket_is_made_and_set_up_as_far_as_the_store_can()
    {
        var (ceph, client) = await OpenAsync();
        using var _ = client;
        await using var store = Open(ceph);

        var plan = await store.PrepareAsync(Wanted with { IsPlan = true }, Token);
        Assert.All(plan, step => Assert.Equal(StoreStepStatus.WouldDo, step.Status));
        await Assert.ThrowsAsync<StoreNotFoundException>(() => store.InspectAsync(Token));

        var steps = await store.PrepareAsync(Wanted, Token);

        Assert.Equal(plan.Select(step => step.Name), steps.Select(step => step.Name));
        var byName = steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
        Assert.All(["Bucket", "Public access", "Versioning", "Unfinished uploads", "Old versions"], name => Assert.Equal((name, StoreStepStatus.Done), (name, byName[name].Status)));
        Assert.All(["Encryption", "Archive"], name => Assert.Equal((name, StoreStepStatus.Refused), (name, byName[name].Status)));
        var facts = (await store.InspectAsync(Token)).Bucket!;
        Assert.Equal(Fact.Of(BucketVersioning.Enabled), facts.Versioning);
        Assert.Equal(Fact.Of(new PublicAccessBlock(false, true, true, true)), facts.PublicAccess);
        Assert.Equal(Fact.Of(""), facts.Encryption);
        Assert.Equal([(2, (int?)null), (null, 30)], facts.Lifecycle.Value!.OrderByDescending(rule => rule.Id, StringComparer.Ordinal).Select(rule => (rule.UploadsAbortedAfterDays, rule.OldVersionsRemovedAfterDays)));
        Assert.All(facts.Lifecycle.Value!, rule => Assert.True(rule.CoversBackups("p/")));
        Assert.NotEmpty(await new StoreSample(store).PutAsync(StoreSample.Ago(1)));

        var again = await store.PrepareAsync(Wanted, Token);
        Assert.All(again.Where(step => step.Name is not ("Encryption" or "Archive")), step => Assert.Equal((step.Name, StoreStepStatus.AlreadySo), (step.Name, step.Status)));
        Assert.Equal(2, (await store.InspectAsync(Token)).Bucket!.Lifecycle.Value!.Count);
    }

    [Fact]
    public async Task What_others_have_set_stays()
    {
        var (ceph, client) = await OpenAsync();
        using var _ = client;
        await client.PutBucketAsync(new PutBucketRequest { BucketName = _bucket, ObjectLockEnabledForBucket = true }, Token);
        await PutLockAsync(client, ObjectLockRetentionMode.Compliance, 400);
        var rule = new LifecycleRule
        {
            Id = "logs", Status = LifecycleRuleStatus.Enabled, Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "logs/" } },
            Expiration = new LifecycleRuleExpiration { Days = 5 },
        };
        await client.PutLifecycleConfigurationAsync(new PutLifecycleConfigurationRequest { BucketName = _bucket, Configuration = new LifecycleConfiguration { Rules = [rule] } }, Token);
        await using var store = Open(ceph);

        var steps = await store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Governance }, Token);

        Assert.Equal(StoreStepStatus.AlreadySo, steps.Single(step => step.Name == "Object Lock").Status);
        var facts = (await store.InspectAsync(Token)).Bucket!;
        Assert.Equal(Fact.Of(new ObjectLockDefault(true, "COMPLIANCE", 400)), facts.ObjectLock);
        var logs = facts.Lifecycle.Value!.Single(item => item.Id == "logs");
        Assert.Equal(("logs/", true, true), (logs.Prefix, logs.RemovesObjects, logs.IsEnabled));
        Assert.Equal(3, facts.Lifecycle.Value!.Count);
    }

    [Fact]
    public async Task Objects_are_locked_when_asked_for_and_never_for_less_than_before()
    {
        var (ceph, client) = await OpenAsync();
        using var _ = client;
        await using var store = Open(ceph);

        await store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Governance, LockDays = 40 }, Token);
        var facts = (await store.InspectAsync(Token)).Bucket!;
        Assert.Equal(Fact.Of(new ObjectLockDefault(true, "GOVERNANCE", 40)), facts.ObjectLock);

        await store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Compliance, LockDays = 3 }, Token);
        facts = (await store.InspectAsync(Token)).Bucket!;
        Assert.Equal(Fact.Of(new ObjectLockDefault(true, "COMPLIANCE", 40)), facts.ObjectLock);
    }

    [Fact]
    public async Task A_bucket_that_was_made_without_Object_Lock_says_that_it_cannot_have_it()
    {
        var (ceph, client) = await OpenAsync();
        using var _ = client;
        await client.PutBucketAsync(_bucket, Token);
        await using var store = Open(ceph);

        var steps = await store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Governance }, Token);

        Assert.Equal(StoreStepStatus.Refused, steps.Single(step => step.Name == "Object Lock").Status);
    }

    private Task<PutObjectLockConfigurationResponse> PutLockAsync(AmazonS3Client client, ObjectLockRetentionMode mode, int days) => client.PutObjectLockConfigurationAsync(
        new PutObjectLockConfigurationRequest
        {
            BucketName = _bucket,
            ObjectLockConfiguration = new ObjectLockConfiguration { ObjectLockEnabled = ObjectLockEnabled.Enabled, Rule = new ObjectLockRule { DefaultRetention = new DefaultRetention { Mode = mode, Days = days } } },
        },
        Token);

    private Engine.Stores.S3.S3Store Open(CephServer ceph) => S3Stores.Open(ceph, $"s3://{_bucket}/p?endpoint={ceph.Endpoint}");

    private async Task<(CephServer Ceph, AmazonS3Client Client)> OpenAsync()
    {
        if (await fixture.GetAsync() is not CephServer ceph)
        {
            Assert.Skip("Only a server of the test's own can have buckets made.");
            throw new InvalidOperationException();
        }

        return (ceph, ceph.CreateClient());
    }
}
