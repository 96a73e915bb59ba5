using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Retention;
using static Traf3li.Backup.Testing.Retention.StoreSample;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Holds of a backup in a store that locks objects by itself.</summary>
public sealed class HoldLocksTests : IDisposable
{
    private static readonly DateTime End = new(2999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLocks _locks = new();
    private readonly StoreSample _sample;
    private readonly HoldPipeline _holds;
    private readonly BackupHolds _stored;

    public HoldLocksTests()
    {
        var store = new LockingStore(new FileSystemStore(_folder.Path, TimeProvider.System), _locks);
        _sample = new StoreSample(store);
        _holds = new HoldPipeline(store, _sample.Reporter, TimeProvider.System);
        _stored = new BackupHolds(store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_that_a_backup_consists_of_is_held_and_let_go()
    {
        var (key, parts) = await PutAsync(shards: 3);

        Assert.Equal(HoldLock.LegalHold, (await _holds.ProtectAsync(key, "audit", until: null, Token)).ObjectLock);

        Assert.Equal(4, parts.Count);
        Assert.All(parts, part => Assert.Equal(new ObjectLockState(null, true), _locks[part] with { Unknown = [] }));
        Assert.NotNull(await _holds.UnprotectAsync(key, Token));
        Assert.All(parts, part => Assert.False(_locks[part].IsHeld));
        Assert.Empty(_sample.Reporter.Warnings);
    }

    [Fact]
    public async Task The_legal_hold_of_somebody_else_stays()
    {
        var (key, parts) = await PutAsync();
        parts.ForEach(part => _locks[part] = new ObjectLockState(null, true));

        Assert.Equal(HoldLock.None, (await _holds.ProtectAsync(key, "audit", until: null, Token)).ObjectLock);
        await _holds.UnprotectAsync(key, Token);

        Assert.All(parts, part => Assert.True(_locks[part].IsHeld));
        Assert.Contains("held by a legal hold", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hold_with_an_end_is_a_retention_until_then_and_goes_back_to_what_was_before()
    {
        var (key, parts) = await PutAsync();
        var before = End.AddDays(-1);
        parts.ForEach(part => _locks[part] = Retained(before));

        var hold = await _holds.ProtectAsync(key, "audit", End, Token);

        Assert.Equal((HoldLock.Retention, before, End), (hold.ObjectLock, hold.RetainedUntil, hold.Until));
        Assert.Equal(hold, await _stored.FindAsync(key, Token));
        Assert.All(parts, part => Assert.Equal(Retained(End).Retention, _locks[part].Retention));
        await _holds.UnprotectAsync(key, Token);
        Assert.All(parts, part => Assert.Equal(Retained(before).Retention, _locks[part].Retention));
        Assert.Contains("still locked until 2998-12-31 00:00 UTC (governance)", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retention_of_its_own_is_ended()
    {
        var (key, parts) = await PutAsync();

        await _holds.ProtectAsync(key, "audit", End, Token);
        await _holds.UnprotectAsync(key, Token);

        Assert.All(parts, part => Assert.Null(_locks[part].Retention));
        Assert.Empty(_sample.Reporter.Warnings);
    }

    [Theory]
    [InlineData(ObjectLockMode.Governance)]
    [InlineData(ObjectLockMode.Compliance)]
    public async Task A_longer_retention_is_never_made_shorter(ObjectLockMode mode)
    {
        var (key, parts) = await PutAsync();
        var longer = new ObjectLockState(new RetentionLock(mode, End.AddDays(1)), false);
        parts.ForEach(part => _locks[part] = longer);

        Assert.Equal(HoldLock.None, (await _holds.ProtectAsync(key, "audit", End, Token)).ObjectLock);
        await _holds.UnprotectAsync(key, Token);

        Assert.All(parts, part => Assert.Equal(longer, _locks[part]));
    }

    [Fact]
    public async Task A_shorter_retention_that_only_the_service_ends_is_left_and_said()
    {
        var (key, parts) = await PutAsync();
        parts.ForEach(part => _locks[part] = new ObjectLockState(new RetentionLock(ObjectLockMode.Compliance, End.AddDays(-1)), false));

        await _holds.ProtectAsync(key, "audit", End, Token);

        Assert.All(parts, part => Assert.Equal(End.AddDays(-1), _locks[part].Retention!.Until));
        Assert.Contains("(compliance)", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
        await _holds.UnprotectAsync(key, Token);
        Assert.Contains("still locked until 2998-12-31 00:00 UTC (compliance)", _sample.Reporter.Warnings.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_made_longer_meanwhile_is_theirs()
    {
        var (key, parts) = await PutAsync();
        await _holds.ProtectAsync(key, "audit", End, Token);
        parts.ForEach(part => _locks[part] = Retained(End.AddYears(1)));

        await _holds.UnprotectAsync(key, Token);

        Assert.All(parts, part => Assert.Equal(Retained(End.AddYears(1)), _locks[part]));
    }

    [Fact]
    public async Task Where_the_right_is_missing_the_hold_stands_and_the_next_attempt_locks()
    {
        var (key, parts) = await PutAsync();
        _locks.Denied.Add("s3:PutObjectLegalHold");

        await _holds.ProtectAsync(key, "audit", until: null, Token);

        Assert.Contains("s3:PutObjectLegalHold", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
        Assert.NotNull(await _stored.FindAsync(key, Token));
        Assert.DoesNotContain(key, (await _sample.RemoveAsync(TwoDays with { Daily = 0 })).Select(item => item.Key), StringComparer.Ordinal);
        _locks.Denied.Clear();
        await _holds.ProtectAsync(key, "audit", until: null, Token);
        Assert.All(parts, part => Assert.True(_locks[part].IsHeld));
    }

    [Fact]
    public async Task A_hold_whose_locks_may_not_be_lifted_stays()
    {
        var (key, parts) = await PutAsync();
        await _holds.ProtectAsync(key, "audit", End, Token);
        _locks.Denied.Add("s3:BypassGovernanceRetention");

        var error = await Assert.ThrowsAsync<StoreAccessDeniedException>(() => _holds.UnprotectAsync(key, Token));

        Assert.Equal("s3:BypassGovernanceRetention", error.Action);
        Assert.NotNull(await _stored.FindAsync(key, Token));
        Assert.All(parts, part => Assert.NotNull(_locks[part].Retention));
    }

    [Fact]
    public async Task Where_the_bucket_has_no_Object_Lock_nothing_is_asked_of_it()
    {
        _locks.IsOn = Fact.Of(false);
        var (key, parts) = await PutAsync();

        Assert.Equal(HoldLock.None, (await _holds.ProtectAsync(key, "audit", End, Token)).ObjectLock);
        await _holds.UnprotectAsync(key, Token);

        Assert.Empty(_locks.Asked);
        Assert.All(parts, part => Assert.Equal(ObjectLockState.None, _locks[part]));
    }

    [Fact]
    public async Task A_hold_cannot_end_before_it_begins()
    {
        var (key, _) = await PutAsync();

        Assert.Equal("Until", (await Assert.ThrowsAsync<ConfigurationInvalidException>(() => _holds.ProtectAsync(key, "audit", Ago(1), Token))).Setting);
        Assert.Null(await _stored.FindAsync(key, Token));
    }

    [Fact]
    public async Task A_hold_that_is_over_gives_way_and_goes_with_its_backup()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var (key, _) = await PutAsync();
        var over = new BackupHold { Key = key, Reason = "audit", HeldBy = "ann@db1", Date = Ago(9), Until = Ago(1) };
        await _stored.WriteAsync(over, Token);

        Assert.Equal("another", (await _holds.ProtectAsync(key, "another", End, Token)).Reason);
        Assert.Empty(await _sample.RemoveAsync());
        await _stored.DeleteAsync(key, Token);
        await _stored.WriteAsync(over, Token);
        _locks.IsOn = Fact.Of(false);
        Assert.Equal(2, Assert.Single(await _sample.RemoveAsync()).ObjectCount);

        Assert.Equal(4, (await _sample.KeysAsync()).Count);
        Assert.Empty(_sample.Reporter.Warnings);
    }

    private static ObjectLockState Retained(DateTime until) => new(new RetentionLock(ObjectLockMode.Governance, until), false);

    private async Task<(string Key, List<string> Parts)> PutAsync(int shards = 1)
    {
        var time = Ago(30);
        var source = shards == 1 ? BackupSource.MongoDB : BackupSource.Redis;
        var key = await _sample.PutAsync(time, source, shards);
        return (key, [BackupKey.ManifestOf(key), .. Enumerable.Range(0, shards).Select(KeyOf(time, source).ShardKey)]);
    }
}
