using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Retention;
using static Traf3li.Backup.Testing.Retention.StoreSample;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Retention over a store that locks objects by itself.</summary>
public sealed class LockedRetentionTests : IDisposable
{
    private static readonly ObjectLockState Locked = new(new RetentionLock(ObjectLockMode.Compliance, new DateTime(2999, 3, 1, 0, 0, 0, DateTimeKind.Utc)), false);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLocks _locks = new();
    private readonly StoreSample _sample;

    public LockedRetentionTests() => _sample = new StoreSample(new LockingStore(new FileSystemStore(_folder.Path, TimeProvider.System), _locks));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_what_would_go_is_asked_for_and_what_is_locked_stays()
    {
        var kept = await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        string[] old = [await _sample.PutAsync(Ago(3)), await _sample.PutAsync(Ago(4)), await _sample.PutAsync(Ago(5)), await _sample.PutAsync(Ago(6))];
        _locks[kept] = _locks[old[1]] = Locked;
        _locks[BackupKey.ManifestOf(old[2])] = new ObjectLockState(null, true);
        _locks[old[3]] = new ObjectLockState(new RetentionLock(ObjectLockMode.Compliance, Ago(1)), false);

        var plan = await _sample.PlanAsync();

        Assert.Equal([.. old.SelectMany(key => new[] { key, BackupKey.ManifestOf(key) }).Order(StringComparer.Ordinal)], _locks.Asked);
        Assert.Equal(1, _locks.BucketRequests);
        Assert.Equal("locked until 2999-03-01 00:00 UTC (compliance)", plan.Single(item => item.Key == old[1]).Reason[0].Text);
        Assert.Equal("held by a legal hold of the bucket", plan.Single(item => item.Key == old[2]).Reason[0].Text);
        Assert.Equal("1st of 2 daily", plan.Single(item => item.Key == kept).Reason[0].Text);
        Assert.Equal([old[3], old[0]], (await _sample.RemoveAsync()).Select(item => item.Key));
        Assert.Equal(8, (await _sample.KeysAsync()).Count);
        Assert.Empty(_sample.Reporter.Warnings);
    }

    [Fact]
    public async Task The_backup_that_is_to_be_explained_is_asked_for_though_it_stays()
    {
        var key = await _sample.PutAsync(Ago(1), BackupSource.Redis, 3);
        _locks[BackupKey.ManifestOf(key)] = Locked;

        var reasons = (await _sample.PlanAsync(explained: key)).Single().Reason;

        Assert.Contains("locked until 2999-03-01 00:00 UTC (compliance)", reasons.Select(item => item.Text), StringComparer.Ordinal);
        Assert.Equal(4, _locks.Asked.Count);
    }

    [Fact]
    public async Task Where_the_bucket_has_no_Object_Lock_no_backup_is_asked_for()
    {
        _locks.IsOn = Fact.Of(false);
        foreach (var day in Enumerable.Range(1, 5))
        {
            await _sample.PutAsync(Ago(day));
        }

        Assert.Equal(3, (await _sample.RemoveAsync()).Count);
        Assert.Empty(_locks.Asked);
        Assert.Equal(1, _locks.BucketRequests);

        // Nor is the bucket, when nothing would go.
        Assert.Empty(await _sample.RemoveAsync());
        Assert.Equal(1, _locks.BucketRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_nobody_may_ask_for_stays_and_the_right_is_named(bool mayAskBucket)
    {
        _locks.IsOn = mayAskBucket ? Fact.Of(true) : Fact.Unknown<bool>("denied");
        _locks.Denied.Add("s3:GetObjectRetention");
        foreach (var day in Enumerable.Range(1, 4))
        {
            await _sample.PutAsync(Ago(day));
        }

        Assert.Empty(await _sample.RemoveAsync());

        var warning = Assert.Single(_sample.Reporter.Warnings);
        Assert.StartsWith("2 backups kept", warning, StringComparison.Ordinal);
        Assert.Contains("s3:GetObjectRetention", warning, StringComparison.Ordinal);
        Assert.Equal(8, (await _sample.KeysAsync()).Count);
    }

    [Fact]
    public async Task What_is_locked_does_not_count_as_too_much_that_would_go()
    {
        foreach (var day in Enumerable.Range(1, 8))
        {
            var key = await _sample.PutAsync(Ago(day));
            _locks[key] = day < 8 ? Locked : ObjectLockState.None;
        }

        Assert.Single(await _sample.RemoveAsync(TwoDays with { Force = false }));
        Assert.Empty(_sample.Reporter.Warnings);
    }
}
