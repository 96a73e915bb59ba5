using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Retention;
using static Traf3li.Backup.Testing.Retention.StoreSample;

namespace Traf3li.Backup.Engine.Tests.Retention;

public sealed class RetentionPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileSystemStore _store;
    private readonly StoreSample _sample;

    public RetentionPipelineTests()
    {
        _store = new FileSystemStore(_folder.Path, TimeProvider.System);
        _sample = new StoreSample(_store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_has_expired_goes_with_all_its_objects_and_the_rest_stays()
    {
        string[] mongo = [await _sample.PutAsync(Ago(1)), await _sample.PutAsync(Ago(2)), await _sample.PutAsync(Ago(3)), await _sample.PutAsync(Ago(4))];
        string[] redis = [await _sample.PutAsync(Ago(1), BackupSource.Redis, 3), await _sample.PutAsync(Ago(2), BackupSource.Redis, 3), await _sample.PutAsync(Ago(5), BackupSource.Redis, 3)];
        await _sample.PutObjectAsync("backups/notes.txt", "not a backup");

        var plan = await _sample.PlanAsync();
        var removed = await _sample.RemoveAsync();

        Assert.Equal([redis[2], mongo[3], mongo[2]], removed.Select(item => item.Key));
        Assert.Equal(removed.Select(item => item.Key).Order(StringComparer.Ordinal), plan.Where(item => item.Decision == RetentionAction.Remove).Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.Equal([4, 2, 2], removed.Select(item => item.ObjectCount));
        Assert.Equal(["outside of the policy: 3rd of 2 daily", "outside of the policy: 4th of 2 daily", "outside of the policy: 3rd of 2 daily"], removed.Select(item => item.Reason[0].Text));
        Assert.All(removed, item => Assert.False(item.IsHidden));
        Assert.Equal((2 * 2) + (2 * 4) + 1, (await _sample.KeysAsync()).Count);
        Assert.Empty(await _sample.RemoveAsync());
        Assert.Empty(_sample.Reporter.Warnings);
    }

    [Fact]
    public async Task Only_what_was_agreed_to_goes()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var agreed = await _sample.PutAsync(Ago(3));
        var other = await _sample.PutAsync(Ago(4));

        var removed = await _sample.RemoveAsync(agreed: new HashSet<string>(StringComparer.Ordinal) { agreed, "backups/daily/2026/01/another" });

        Assert.Equal(agreed, Assert.Single(removed).Key);
        Assert.Contains(other, await _sample.KeysAsync(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_would_empty_the_store_is_held_back_with_a_warning()
    {
        for (var day = 1; day <= 6; day++)
        {
            await _sample.PutAsync(Ago(day));
        }

        Assert.Empty(await _sample.RemoveAsync(TwoDays with { Force = false }));
        Assert.Contains("4 backups held back", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
        Assert.Equal(12, (await _sample.KeysAsync()).Count);
    }

    [Fact]
    public async Task A_held_backup_stays_until_its_hold_is_lifted()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var key = await _sample.PutAsync(Ago(3));
        var holds = new HoldPipeline(_store, _sample.Reporter, TimeProvider.System);

        var hold = await holds.ProtectAsync(key, "audit 2026", until: null, Token);
        Assert.Equal(hold.ToString(), (await holds.ProtectAsync(key, "another reason", until: null, Token)).ToString());
        Assert.Contains("held already", Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
        Assert.Empty(await _sample.RemoveAsync());
        var reasons = (await _sample.PlanAsync()).Single(item => item.Key == key).Reason;
        Assert.Equal($"held by {Environment.UserName}@{Environment.MachineName}: audit 2026", reasons[0].Text);

        // A hold between object and manifest must not hide the one from the other.
        Assert.Equal(BackupStatus.Complete, (await ListAsync()).Single(item => item.Key == key).Status);
        Assert.Equal(3, (await ListAsync()).Count);

        Assert.Equal("audit 2026", (await holds.UnprotectAsync(key, Token))!.Reason);
        Assert.Null(await holds.UnprotectAsync(key, Token));
        Assert.Equal(key, Assert.Single(await _sample.RemoveAsync()).Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ broken")]
    [InlineData("{\"key\":\"backups/another\",\"reason\":\"x\",\"heldBy\":\"y\"}")]
    public async Task A_hold_that_cannot_be_read_holds_all_the_same(string text)
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        await _sample.PutObjectAsync(BackupHolds.KeyOf(await _sample.PutAsync(Ago(3))), text);

        Assert.Empty(await _sample.RemoveAsync());
    }

    [Fact]
    public async Task A_backup_that_does_not_exist_cannot_be_held()
    {
        await _sample.PutAsync(Ago(1));
        var holds = new HoldPipeline(_store, _sample.Reporter, TimeProvider.System);

        await Assert.ThrowsAsync<BackupNotFoundException>(() => holds.ProtectAsync(KeyOf(Ago(2)).ToString(), "audit", until: null, Token));
    }

    [Fact]
    public async Task Left_overs_go_once_they_are_old()
    {
        await _sample.PutAsync(Ago(1));
        var orphan = KeyOf(Ago(5), compression: CompressionMethod.Zstd).ToString();
        var shard = KeyOf(Ago(6), BackupSource.Redis).ShardKey(1);
        var lost = await _sample.PutAsync(Ago(7));
        await _store.DeleteAsync(lost, Token);
        await _sample.PutObjectAsync(orphan, Content);
        await _sample.PutObjectAsync(shard, Content);
        Assert.Empty(await _sample.RemoveAsync());

        foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, Ago(4));
        }

        Assert.Equal([lost, shard, orphan], (await _sample.RemoveAsync()).Select(item => item.Key));
        Assert.Equal(2, (await _sample.KeysAsync()).Count);
    }

    [Fact]
    public async Task What_a_run_that_holds_its_lock_may_still_be_at_work_on_is_no_left_over()
    {
        // S3 dates an object that was uploaded in parts by the begin of its upload, which may be days ago.
        await _sample.PutAsync(Ago(1));
        var orphan = KeyOf(Ago(5), compression: CompressionMethod.Zstd).ToString();
        await _sample.PutObjectAsync(orphan, Content);
        File.SetLastWriteTimeUtc(Path.Join(_folder.Path, orphan), Ago(4));
        var taking = new LockTaking(_store, new LockOptions(), _sample.Reporter, TimeProvider.System);
        await using (var held = await taking.TakeAsync("mongodb-production", "Backup", TimeSpan.Zero, Token))
        {
            Assert.Empty(await _sample.RemoveAsync());
            Assert.Equal(RetentionAction.Keep, (await _sample.PlanAsync()).Single(item => item.Key == orphan).Decision);
            await held.ReleaseAsync(Token);
        }

        await using var other = await taking.TakeAsync("mongodb-staging", "Backup", TimeSpan.Zero, Token);
        Assert.Equal(orphan, Assert.Single(await _sample.RemoveAsync()).Key);
    }

    [Fact]
    public async Task A_shard_is_a_part_of_its_backup_and_none_by_itself()
    {
        await _sample.PutAsync(Ago(30), BackupSource.Redis, 3);

        Assert.Equal("1st of 2 daily", Assert.Single(await _sample.PlanAsync()).Reason[0].Text);
    }

    [Fact]
    public async Task A_manifest_of_a_newer_version_is_left_alone()
    {
        await _sample.PutAsync(Ago(1));
        var key = await _sample.PutAsync(Ago(900));
        var path = Path.Combine(_folder.Path, BackupKey.ManifestOf(key));
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal), Token);

        Assert.Empty(await _sample.RemoveAsync());
        Assert.Contains("newer version", (await _sample.PlanAsync())[1].Reason[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_killed_between_manifest_and_object_is_finished_by_the_next()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var key = await _sample.PutAsync(Ago(3));
        await using var dying = new DyingStore(_store, deletes: 1);
        await Assert.ThrowsAsync<StoreFailedException>(() => new StoreSample(dying).RemoveAsync());
        var left = await _sample.KeysAsync();
        Assert.Contains(key, left, StringComparer.Ordinal);
        Assert.DoesNotContain(BackupKey.ManifestOf(key), left, StringComparer.Ordinal);

        // Without a manifest it looks like a backup of the Node scripts, of which a policy might keep it.
        var removed = await _sample.RemoveAsync(TwoDays with { Daily = 7 });

        Assert.Equal("left over: an object whose removal was interrupted", Assert.Single(removed).Reason[0].Text);
        Assert.DoesNotContain(key, await _sample.KeysAsync(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Wherever_a_run_is_killed_nothing_good_is_lost_and_the_next_finishes()
    {
        for (var deletes = 0; ; deletes++)
        {
            using var folder = new TemporaryFolder();
            await using var store = new FileSystemStore(folder.Path, TimeProvider.System);
            var sample = new StoreSample(store);
            string[] kept = [await sample.PutAsync(Ago(1)), await sample.PutAsync(Ago(2))];
            foreach (var day in Enumerable.Range(3, 3))
            {
                await sample.PutAsync(Ago(day), BackupSource.MongoDB);
                await sample.PutAsync(Ago(day), BackupSource.Redis, 2);
            }

            await using var dying = new DyingStore(store, deletes);
            try
            {
                await new StoreSample(dying).RemoveAsync();
            }
            catch (StoreFailedException)
            {
                var keys = await sample.KeysAsync();
                Assert.All(keys.Where(key => key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal)), key => Assert.Contains(key[..^BackupKey.ManifestSuffix.Length], keys, StringComparer.Ordinal));
                await sample.RemoveAsync();
            }

            var left = (await sample.KeysAsync()).Where(key => !key.StartsWith(RemovalJournal.Folder, StringComparison.Ordinal)).ToList();
            Assert.Equal((2 * 2) + (2 * 3), left.Count);
            Assert.All(kept, key => Assert.Contains(key, left, StringComparer.Ordinal));
            if (!dying.IsDead)
            {
                Assert.Equal(10, deletes);
                return;
            }
        }
    }

    [Fact]
    public async Task What_a_stopped_run_had_not_reached_is_judged_by_the_policy_of_the_next()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var legacy = KeyOf(Ago(5)).ToString();
        await _sample.PutObjectAsync(legacy, Content);
        await using var dying = new DyingStore(_store, deletes: 0);
        await Assert.ThrowsAsync<StoreFailedException>(() => new StoreSample(dying).RemoveAsync());

        // Stopped because the policy was wrong, it begins again with the right one.
        Assert.Empty(await _sample.RemoveAsync(TwoDays with { Daily = 7 }));
        Assert.Contains(legacy, await _sample.KeysAsync(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_was_written_again_after_its_removal_was_interrupted_is_no_left_over()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var key = await _sample.PutAsync(Ago(3));
        await using var dying = new DyingStore(_store, deletes: 1);
        await Assert.ThrowsAsync<StoreFailedException>(() => new StoreSample(dying).RemoveAsync());

        // A copy brings it back: its objects come before its manifest.
        File.SetLastWriteTimeUtc(Path.Join(_folder.Path, key), DateTime.UtcNow.AddSeconds(2));

        Assert.Empty(await _sample.RemoveAsync(TwoDays with { Daily = 7 }));
        Assert.Contains(key, await _sample.KeysAsync(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_another_environment_has_to_finish_is_remembered_until_it_has()
    {
        await _sample.PutAsync(Ago(1));
        await _sample.PutAsync(Ago(2));
        var key = await _sample.PutAsync(Ago(3));
        await using var dying = new DyingStore(_store, deletes: 1);
        await Assert.ThrowsAsync<StoreFailedException>(() => new StoreSample(dying).RemoveAsync());
        foreach (var journal in Directory.GetFiles(Path.Join(_folder.Path, RemovalJournal.Folder)))
        {
            File.SetLastWriteTimeUtc(journal, Ago(3));
            File.SetLastWriteTimeUtc(Path.Join(_folder.Path, key), Ago(3.5));
        }

        Assert.Empty(await _sample.RemoveAsync(environment: "staging"));
        Assert.Equal(key, Assert.Single(await _sample.RemoveAsync(TwoDays with { Daily = 7 })).Key);
        Assert.DoesNotContain(await _sample.KeysAsync(), item => item.StartsWith(RemovalJournal.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Journals_of_what_is_whole_or_cannot_be_read_go_once_they_are_old()
    {
        var key = await _sample.PutAsync(Ago(1));
        foreach (var (name, text) in new[] { ("removal-1.json", $"[\"{key}\"]"), ("removal-2.json", "{"), ("clock-1", "clock") })
        {
            await _sample.PutObjectAsync(RemovalJournal.Folder + name, text);
        }

        await _sample.RemoveAsync();
        Assert.Equal(5, (await _sample.KeysAsync()).Count);

        foreach (var trace in Directory.GetFiles(Path.Join(_folder.Path, RemovalJournal.Folder)))
        {
            File.SetLastWriteTimeUtc(trace, Ago(3));
        }

        await _sample.RemoveAsync();
        Assert.Equal(2, (await _sample.KeysAsync()).Count);
    }

    [Fact]
    public async Task Only_the_key_of_a_backup_can_be_held()
    {
        var key = await _sample.PutAsync(Ago(1), BackupSource.Redis, shards: 2);
        var holds = new HoldPipeline(_store, _sample.Reporter, TimeProvider.System);

        // A hold beside any of these would hold nothing.
        foreach (var other in new[] { BackupKey.ManifestOf(key), key.Replace(".rdb", ".shard2.rdb", StringComparison.Ordinal) })
        {
            Assert.NotNull(await _store.FindAsync(other, Token));
            await Assert.ThrowsAsync<BackupNotFoundException>(() => holds.ProtectAsync(other, "audit", until: null, Token));
        }
    }

    [Theory]
    [InlineData(2, "ahead of")]
    [InlineData(-2, "behind")]
    public async Task Nothing_goes_while_the_clocks_disagree(int hours, string said)
    {
        for (var day = 1; day < 5; day++)
        {
            await _sample.PutAsync(Ago(day));
        }

        var error = await Assert.ThrowsAsync<ClockSkewException>(() => _sample.RemoveAsync(time: new ShiftedTime(TimeSpan.FromHours(-hours))));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(8, (await _sample.KeysAsync()).Count);
    }

    private async Task<IReadOnlyList<BackupInfo>> ListAsync()
    {
        var listed = new List<BackupInfo>();
        await foreach (var item in new BackupCatalog(_store).ListAsync(new BackupQuery { WorkingDirectory = "/" }, Token))
        {
            listed.Add(item);
        }

        return listed;
    }

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
