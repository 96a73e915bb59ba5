using System.Text;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Catalog;

public sealed class BackupCatalogTests : IDisposable
{
    private const string Monday = "backups/daily/2026/11/mongodb-daily-production-2026-11-02T02-00-00-000Z.archive.gz";
    private const string Tuesday = "backups/daily/2026/11/mongodb-daily-production-2026-11-03T02-00-00-000Z.archive.gz";
    private const string Weekly = "backups/weekly/2026/11/mongodb-weekly-staging-2026-11-01T03-00-00-000Z.archive.gz";

    private readonly TemporaryFolder _folder = new();
    private readonly FileSystemStore _store;

    public BackupCatalogTests() => _store = new FileSystemStore(_folder.Path, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Backups_are_listed_newest_first_with_what_is_known_of_them()
    {
        await PutAsync(Monday, "1234567890");
        await PutAsync(Tuesday, "1234567890");
        await PutAsync(Weekly, "1234567890");
        await PutAsync(Tuesday + ".manifest.json", Manifest(Tuesday, 10));

        var listed = await ListAsync(new BackupQuery { WorkingDirectory = "/" });

        Assert.Equal([Tuesday, Monday, Weekly], listed.Select(item => item.Key));
        Assert.Equal([BackupStatus.Complete, BackupStatus.Legacy, BackupStatus.Legacy], listed.Select(item => item.Status));
    }

    [Fact]
    public async Task A_manifest_whose_archive_is_missing_or_has_another_size_is_incomplete()
    {
        await PutAsync(Monday + ".manifest.json", Manifest(Monday, 10));
        await PutAsync(Tuesday, "short");
        await PutAsync(Tuesday + ".manifest.json", Manifest(Tuesday, 10));

        var listed = await ListAsync(new BackupQuery { WorkingDirectory = "/" });

        Assert.All(listed, item => Assert.Equal(BackupStatus.Incomplete, item.Status));
        Assert.All(listed, item => Assert.NotEmpty(item.Warning));
    }

    [Fact]
    public async Task A_cluster_of_which_a_shard_is_missing_or_cut_off_is_incomplete()
    {
        var whole = await CopySample.PutAsync(_store, CopySample.Ago(3), BackupSource.Redis, shards: 3, size: 1000);
        var cut = await CopySample.PutAsync(_store, CopySample.Ago(2), BackupSource.Redis, shards: 3, size: 1000);
        var gone = await CopySample.PutAsync(_store, CopySample.Ago(1), BackupSource.Redis, shards: 3, size: 1000);
        await CopySample.PutObjectAsync(_store, BackupKey.TryParse(cut)!.ShardKey(2), new byte[999]);
        await _store.DeleteAsync(BackupKey.TryParse(gone)!.ShardKey(1), CancellationToken.None);

        var listed = await ListAsync(new BackupQuery { WorkingDirectory = "/" });
        var alone = await new BackupCatalog(_store).GetAsync(gone, CancellationToken.None);

        Assert.Equal([gone, cut, whole], listed.Select(item => item.Key));
        Assert.Equal([BackupStatus.Incomplete, BackupStatus.Incomplete, BackupStatus.Complete], listed.Select(item => item.Status));
        Assert.Contains("is missing", Assert.Single(listed[0].Warning), StringComparison.Ordinal);
        Assert.Contains("has 999 bytes, not 1000", Assert.Single(listed[1].Warning), StringComparison.Ordinal);
        Assert.Empty(listed[2].Warning);
        Assert.Equal(listed[0].Warning, alone.Warning);
        Assert.Equal(BackupStatus.Incomplete, alone.Status);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_is_told_and_the_list_goes_on()
    {
        await PutAsync(Monday, "1234567890");
        await PutAsync(Tuesday, "1234567890");
        await PutAsync(Tuesday + ".manifest.json", "{ broken");

        var listed = await ListAsync(new BackupQuery { WorkingDirectory = "/" });

        Assert.Equal([BackupStatus.Incomplete, BackupStatus.Legacy], listed.Select(item => item.Status));
        Assert.Contains("manifest", listed[0].Warning[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zstd_archive_without_a_manifest_was_never_finished()
    {
        var key = Monday.Replace(".gz", ".zst", StringComparison.Ordinal);
        await PutAsync(key, "1234567890");

        Assert.Equal(BackupStatus.Incomplete, Assert.Single(await ListAsync(new BackupQuery { WorkingDirectory = "/" })).Status);
    }

    [Fact]
    public async Task Every_condition_narrows_the_list()
    {
        await PutAsync(Monday, "1");
        await PutAsync(Tuesday, "1");
        await PutAsync(Weekly, "1");

        Assert.Equal([Weekly], await KeysAsync(new BackupQuery { WorkingDirectory = "/", Type = [BackupType.Weekly] }));
        Assert.Equal([Weekly], await KeysAsync(new BackupQuery { WorkingDirectory = "/", Environment = "staging" }));
        Assert.Equal([Tuesday], await KeysAsync(new BackupQuery { WorkingDirectory = "/", Latest = 1 }));
        Assert.Equal([Tuesday, Monday], await KeysAsync(new BackupQuery { WorkingDirectory = "/", Key = ["*daily*"] }));
        Assert.Equal([Monday], await KeysAsync(new BackupQuery { WorkingDirectory = "/", After = Day(2), Before = Day(3) }));
        Assert.Empty(await KeysAsync(new BackupQuery { WorkingDirectory = "/", Status = [BackupStatus.Complete] }));
        Assert.Empty(await KeysAsync(new BackupQuery { WorkingDirectory = "/", Source = BackupSource.Redis }));
        Assert.Empty(await KeysAsync(new BackupQuery { WorkingDirectory = "/", Database = ["shop"] }));
    }

    [Fact]
    public async Task A_manifest_of_another_backup_is_corrupt()
    {
        await PutAsync(Monday, "1234567890");
        await PutAsync(Monday + ".manifest.json", Manifest(Tuesday, 10));

        await Assert.ThrowsAsync<ManifestCorruptException>(() => new BackupCatalog(_store).GetAsync(Monday, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unknown_key_is_not_found()
    {
        await PutAsync(Monday, "1");

        var error = await Assert.ThrowsAsync<BackupNotFoundException>(() => new BackupCatalog(_store).GetAsync(Tuesday, TestContext.Current.CancellationToken));

        Assert.Equal(Tuesday, error.Key);
    }

    private static DateTime Day(int day) => new(2026, 11, day, 0, 0, 0, DateTimeKind.Utc);

    private static string Manifest(string key, long size) => Encoding.UTF8.GetString(ManifestSerializer.Serialize(new BackupManifest
    {
        ToolVersion = "0.1.0",
        Id = new string('a', 32),
        Key = key,
        Source = BackupSource.MongoDB,
        Type = BackupType.Daily,
        Environment = "production",
        StartTime = BackupKey.TryParse(key)!.Time,
        EndTime = BackupKey.TryParse(key)!.Time,
        Consistency = BackupConsistency.None,
        Server = new ServerFacts { Host = "h:1", Version = "6.0.5", Topology = "Standalone" },
        Compression = CompressionMethod.Gzip,
        ArchiveSize = 100,
        StoredSize = size,
        StoredSha256 = new string('0', 64),
        Block = [new BlockManifest { NamespaceIndex = -1, Offset = 0, StoredSize = (int)size, Size = 100 }],
    }));

    private async Task PutAsync(string key, string text)
    {
        await using var upload = await _store.BeginUploadAsync(key, new UploadOptions(), TestContext.Current.CancellationToken);
        await upload.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        await upload.CompleteAsync(TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<BackupInfo>> ListAsync(BackupQuery query)
    {
        var listed = new List<BackupInfo>();
        await foreach (var item in new BackupCatalog(_store).ListAsync(query, TestContext.Current.CancellationToken))
        {
            listed.Add(item);
        }

        return listed;
    }

    private async Task<IEnumerable<string>> KeysAsync(BackupQuery query) => (await ListAsync(query)).Select(item => item.Key);
}
