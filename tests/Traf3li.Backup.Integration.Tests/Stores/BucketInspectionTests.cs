using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>What a real bucket tells of itself.</summary>
public sealed class BucketInspectionTests(Ceph18Fixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_bucket_has_nothing_switched_on()
    {
        var facts = await InspectAsync((_, _) => Task.CompletedTask);

        Assert.Equal(Fact.Of(BucketVersioning.Off), facts.Versioning);
        Assert.Equal(Fact.Of(""), facts.Encryption);
        Assert.Equal(Fact.Of(PublicAccessBlock.None), facts.PublicAccess);
        Assert.Equal(Fact.Of(false), facts.IsPolicyPublic);
        Assert.Equal(Fact.Of(new ObjectLockDefault(false)), facts.ObjectLock);
        Assert.True(facts.Lifecycle.IsKnown);
        Assert.Empty(facts.Lifecycle.Value!);
    }

    [Fact]
    public async Task What_is_switched_on_is_told()
    {
        var facts = await InspectAsync(
            async (client, bucket) =>
            {
                await client.PutPublicAccessBlockAsync(
                    new PutPublicAccessBlockRequest
                    {
                        BucketName = bucket,
                        PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration { BlockPublicAcls = true, IgnorePublicAcls = true, BlockPublicPolicy = false, RestrictPublicBuckets = true },
                    },
                    Token);
                await client.PutObjectLockConfigurationAsync(
                    new PutObjectLockConfigurationRequest
                    {
                        BucketName = bucket,
                        ObjectLockConfiguration = new ObjectLockConfiguration
                        {
                            ObjectLockEnabled = ObjectLockEnabled.Enabled,
                            Rule = new ObjectLockRule { DefaultRetention = new DefaultRetention { Mode = ObjectLockRetentionMode.Governance, Days = 3 } },
                        },
                    },
                    Token);
                await client.PutLifecycleConfigurationAsync(
                    new PutLifecycleConfigurationRequest
                    {
                        BucketName = bucket,
                        Configuration = new LifecycleConfiguration
                        {
                            Rules =
                            [
                                new LifecycleRule
                                {
                                    Id = "old", Status = LifecycleRuleStatus.Enabled, Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "p/backups/" } },
                                    NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = 9 },
                                    AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = 2 },
                                },
                                new LifecycleRule
                                {
                                    Id = "other", Status = LifecycleRuleStatus.Disabled, Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "other/" } },
                                    Expiration = new LifecycleRuleExpiration { Days = 5 },
                                },
                            ],
                        },
                    },
                    Token);
            },
            withLock: true);

        Assert.Equal(Fact.Of(BucketVersioning.Enabled), facts.Versioning);
        Assert.Equal(Fact.Of(new PublicAccessBlock(true, true, false, true)), facts.PublicAccess);
        Assert.Equal(Fact.Of(new ObjectLockDefault(true, "GOVERNANCE", 3)), facts.ObjectLock);
        var rules = facts.Lifecycle.Value!.OrderBy(rule => rule.Id, StringComparer.Ordinal).ToList();
        Assert.Equal((true, "p/backups/", 9, 2), (rules[0].IsEnabled, rules[0].Prefix, rules[0].OldVersionsRemovedAfterDays, rules[0].UploadsAbortedAfterDays));
        Assert.Equal((false, "other/", true), (rules[1].IsEnabled, rules[1].Prefix, rules[1].RemovesObjects));
        Assert.True(rules[0].CoversBackups("p/"));
        Assert.False(rules[1].TouchesBackups("other/"));
    }

    [Fact]
    public async Task A_policy_for_everybody_is_told()
    {
        var facts = await InspectAsync((client, bucket) => client.PutBucketPolicyAsync(
            bucket,
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}""",
            Token));

        Assert.Equal(Fact.Of(true), facts.IsPolicyPublic);
    }

    [Fact]
    public async Task A_bucket_that_is_missing_is_said_to_be()
    {
        var server = await fixture.GetAsync();
        await using var store = S3Stores.Open(server, server.Destination.Replace("traf3li-test", $"none-{Guid.NewGuid():N}", StringComparison.Ordinal));

        await Assert.ThrowsAsync<StoreNotFoundException>(() => store.InspectAsync(Token));
    }

    private async Task<BucketFacts> InspectAsync(Func<AmazonS3Client, string, Task> prepare, bool withLock = false)
    {
        if (await fixture.GetAsync() is not CephServer ceph)
        {
            Assert.Skip("Only a server of the test's own can have buckets made.");
            throw new InvalidOperationException();
        }

        var bucket = $"facts-{Guid.NewGuid():N}";
        using var client = ceph.CreateClient();
        await client.PutBucketAsync(new PutBucketRequest { BucketName = bucket, ObjectLockEnabledForBucket = withLock }, Token);
        await prepare(client, bucket);
        await using var store = S3Stores.Open(ceph, $"s3://{bucket}/p?endpoint={ceph.Endpoint}");
        return (await store.InspectAsync(Token)).Bucket!;
    }
}
