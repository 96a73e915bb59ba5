using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;
using Traf3li.Backup.Testing.Stores;

namespace Traf3li.Backup.Integration.Tests.Locks;

public sealed class S3LockTests(Ceph18Fixture ceph18, Ceph16Fixture ceph16)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(18)]
    [InlineData(16)]
    public async Task Of_two_processes_that_race_200_times_never_both_hold_it(int version)
    {
        var server = await (version == 18 ? (S3ServerFixture)ceph18 : ceph16).GetAsync();
        var destination = server.NewDestination();
        using var folder = new TemporaryFolder();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            ChildTest.RunAsync(typeof(S3LockTests), nameof(Adds_a_hundred), folder.Path, KilledS3Upload.Environment(server, destination), Token)));

        await using var store = S3Stores.Open(server, destination);
        Assert.Equal(200, await LockRace.ReadAsync(store, Token));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(16)]
    public async Task Ceph_heeds_conditions(int version)
    {
        var server = await (version == 18 ? (S3ServerFixture)ceph18 : ceph16).GetAsync();
        await using var store = S3Stores.Open(server, server.NewDestination());
        var reporter = new RecordingReporter();
        var taking = new LockTaking(store, new LockOptions(), reporter, TimeProvider.System);
        await using var held = await taking.TakeAsync("redis-production", "Restore", TimeSpan.Zero, Token);

        Assert.Equal("Restore", (await Assert.ThrowsAsync<BackupLockedException>(() => taking.TakeAsync("redis-production", "Backup", TimeSpan.Zero, Token))).Operation);
        await held.ConfirmAsync(Token);
        await held.ReleaseAsync(Token);
        await using var next = await taking.TakeAsync("redis-production", "Backup", TimeSpan.Zero, Token);

        await Assert.ThrowsAsync<BackupLockLostException>(() => held.ConfirmAsync(Token));
        Assert.Empty(reporter.Warnings);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(16)]
    public async Task In_a_bucket_that_keeps_versions_ceph_refuses_what_holds_and_the_lock_is_weaker(int version)
    {
        if (await (version == 18 ? (S3ServerFixture)ceph18 : ceph16).GetAsync() is not CephServer server)
        {
            Assert.Skip("Only a server of the test's own can have a bucket with versions.");
            return;
        }

        var bucket = $"versioned-{Guid.NewGuid():n}";
        using var client = server.CreateClient();
        await client.PutBucketAsync(bucket, Token);
        await client.PutBucketVersioningAsync(
            new Amazon.S3.Model.PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new Amazon.S3.Model.S3BucketVersioningConfig { Status = Amazon.S3.VersionStatus.Enabled } }, Token);
        await using var store = S3Stores.Open(server, $"s3://{bucket}/p?endpoint={server.Endpoint}");
        var reporter = new RecordingReporter();
        var taking = new LockTaking(store, new LockOptions { Settle = TimeSpan.FromMilliseconds(200) }, reporter, TimeProvider.System);

        // Twice, because the first write finds nothing and the second a lock that was given back.
        for (var round = 0; round < 2; round++)
        {
            await using var held = await taking.TakeAsync("redis-production", "Restore", TimeSpan.Zero, Token);
            await Assert.ThrowsAsync<BackupLockedException>(() => taking.TakeAsync("redis-production", "Backup", TimeSpan.Zero, Token));
            await held.ConfirmAsync(Token);
            await held.ReleaseAsync(Token);
            Assert.Contains("does not keep a second writer out", reporter.Warnings.Last(), StringComparison.Ordinal);
        }
    }

    [Fact(Explicit = true)]
    public async Task Adds_a_hundred()
    {
        var options = new BackupQuery { WorkingDirectory = ChildTest.Folder, Destination = Environment.GetEnvironmentVariable(KilledS3Upload.Destination) };
        var settings = SettingsResolver.Resolve(options, new ProcessEnvironment());
        await using var store = await StoreFactory.OpenAsync(settings.Destination, settings, new RecordingReporter(), TimeProvider.System, Token);
        await LockRace.AddAsync(store, 100, Token);
    }
}
