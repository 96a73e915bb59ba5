using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Health;

/// <summary>What is found in stores: above all what is not whole there.</summary>
public sealed class InventoryReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileSystemStore _store;

    public InventoryReaderTests() => _store = new FileSystemStore(_folder.Path, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_shard_of_a_cluster_that_is_gone_or_cut_off_makes_its_backup_none()
    {
        var whole = await CopySample.PutAsync(_store, CopySample.Ago(3), BackupSource.Redis, shards: 3, size: 1000);
        var cut = await CopySample.PutAsync(_store, CopySample.Ago(2), BackupSource.Redis, shards: 3, size: 1000);
        var gone = await CopySample.PutAsync(_store, CopySample.Ago(1), BackupSource.Redis, shards: 3, size: 1000);
        await _store.DeleteAsync(BackupKey.TryParse(gone)!.ShardKey(1), Token);
        await CopySample.PutObjectAsync(_store, BackupKey.TryParse(cut)!.ShardKey(2), new byte[999]);

        var inventory = await new InventoryReader(_store, "production").ReadAsync(Token);

        Assert.Equal([gone, cut, whole], inventory.Newest.Select(item => item.Key));
        Assert.Equal([false, false, true], inventory.Newest.Select(item => item.IsGood));
        Assert.Equal(whole, inventory.NewestState(BackupSource.Redis)?.Key);
    }

    [Fact]
    public async Task All_that_lies_there_counts_as_used_and_only_backups_of_the_environment_are_listed()
    {
        var good = await CopySample.PutAsync(_store, CopySample.Ago(2), size: 1000);
        await CopySample.PutObjectAsync(_store, good + BackupHolds.Suffix, new byte[10]);
        var legacy = CopySample.KeyOf(CopySample.Ago(3)).ToString();
        await CopySample.PutObjectAsync(_store, legacy, new byte[100]);
        await CopySample.PutObjectAsync(_store, legacy.Replace("production", "staging", StringComparison.Ordinal), new byte[50]);
        await CopySample.PutObjectAsync(_store, BackupKey.Root + "notes.txt", new byte[5]);
        var manifest = (await CopySample.ReadAsync(_store, BackupKey.ManifestOf(good))).Length;

        var inventory = await new InventoryReader(_store, "production").ReadAsync(Token);

        Assert.Equal(1000 + 10 + 100 + 50 + 5 + manifest, inventory.TotalSize);
        Assert.Equal([(legacy, false, 100L), (good, true, 1000L)], inventory.Listed.Select(item => (item.Key, item.HasManifest, item.Size ?? -1)));
    }

    [Fact]
    public async Task A_copy_is_whole_only_when_all_its_objects_have_the_same_size()
    {
        using var mirror = new TemporaryFolder();
        var sample = new CopySample(_store, new FileSystemStore(mirror.Path, TimeProvider.System));
        var whole = await sample.PutAsync(CopySample.Ago(4), BackupSource.Redis, 2, 1000);
        var shardless = await sample.PutAsync(CopySample.Ago(3), BackupSource.Redis, 2, 1000);
        var cut = await sample.PutAsync(CopySample.Ago(2), size: 1000);
        var lost = await sample.PutAsync(CopySample.Ago(1), size: 1000);
        await sample.CopyAsync(null, null, whole, shardless, cut, lost);
        await sample.Target.DeleteAsync(BackupKey.TryParse(shardless)!.ShardKey(1), Token);
        await sample.Target.DeleteAsync(lost, Token);
        await CopySample.PutObjectAsync(sample.Target, cut, new byte[999]);

        var listed = (await new InventoryReader(_store, "production").ReadAsync(Token)).Listed;
        var copies = await CopyFacts.ReadAsync(sample.Target, Token);

        Assert.All(listed, item => Assert.True(copies.Has(item)));
        Assert.Equal([whole], listed.Where(copies.HasWhole).Select(item => item.Key));
    }
}
