using System.Text;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Copies;

/// <summary>Copies from folder to folder, and what can go wrong on the way.</summary>
public sealed class CopyPipelineTests : IDisposable
{
    private readonly TemporaryFolder _here = new();
    private readonly TemporaryFolder _there = new();
    private readonly CopySample _sample;

    public CopyPipelineTests() => _sample = new CopySample(Folder(_here), Folder(_there));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Theory]
    [InlineData(BackupSource.MongoDB, 1, 3_500_000)]
    [InlineData(BackupSource.MongoDB, 1, 1)]
    [InlineData(BackupSource.Redis, 3, 100_000)]
    public async Task A_copy_is_the_same_to_the_byte_and_the_second_time_it_is_there_already(BackupSource kind, int shards, int size)
    {
        var key = await _sample.PutAsync(CopySample.Ago(1), kind, shards, size);

        var copied = await _sample.CopyOneAsync(key);
        var again = await _sample.CopyOneAsync(key);

        Assert.Equal((CopyStatus.Copied, CopyMethod.Stream, true), (copied.Status, copied.Method, copied.ReadBack));
        Assert.Equal(((long)shards * size, shards + 1), (copied.Size, copied.ObjectCount));
        Assert.Equal((CopyStatus.AlreadyThere, false), (again.Status, again.ReadBack));
        Assert.Equal(await CopySample.KeysAsync(_sample.Source), await CopySample.KeysAsync(_sample.Target));
        await _sample.RequireSameAsync(key);
    }

    [Fact]
    public async Task The_manifest_comes_after_all_objects_and_the_backups_own_object_after_its_shards()
    {
        var store = new OrderStore(Folder(_there));
        var sample = new CopySample(_sample.Source, store);
        var key = await sample.PutAsync(CopySample.Ago(1), BackupSource.Redis, 3);

        await sample.CopyOneAsync(key);

        Assert.Equal(["backups/.traf3li-copy", key.Replace(".rdb", ".shard2.rdb", StringComparison.Ordinal), key.Replace(".rdb", ".shard3.rdb", StringComparison.Ordinal), key, BackupKey.ManifestOf(key)], store.Order);
    }

    [Fact]
    public async Task A_damaged_source_is_not_copied_and_the_others_are()
    {
        var good = await _sample.PutAsync(CopySample.Ago(1));
        var bad = await _sample.PutAsync(CopySample.Ago(2));
        var shorter = await _sample.PutAsync(CopySample.Ago(3));
        var bytes = await CopySample.ReadAsync(_sample.Source, bad);
        bytes[50_000] ^= 1;
        await CopySample.PutObjectAsync(_sample.Source, bad, bytes);
        await CopySample.PutObjectAsync(_sample.Source, shorter, bytes[..99_999]);

        var results = await _sample.CopyAsync(null, null, bad, shorter, good, "backups/daily/2020/01/mongodb-daily-production-2020-01-01T00-00-00-000Z.archive.gz");

        Assert.Equal(3, results.Count(result => result.Status == CopyStatus.Failed));
        Assert.Equal("ChecksumMismatch", results.Single(result => result.Key == bad).ErrorId);
        Assert.Contains(_here.Path, results.Single(result => result.Key == bad).Error, StringComparison.Ordinal);
        Assert.Equal("ChecksumMismatch", results.Single(result => result.Key == shorter).ErrorId);
        Assert.Contains(results, result => result.ErrorId == "BackupNotFound");
        Assert.Equal([good, BackupKey.ManifestOf(good)], await CopySample.KeysAsync(_sample.Target));
    }

    [Fact]
    public async Task Damage_on_the_way_is_found_and_leaves_nothing()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1), BackupSource.Redis, 2);
        var sample = new CopySample(_sample.Source, new DamagingStore(Folder(_there), key));

        var result = await sample.CopyOneAsync(key);

        Assert.Equal((CopyStatus.Failed, "ChecksumMismatch"), (result.Status, result.ErrorId));
        Assert.Contains(_there.Path, result.Error, StringComparison.Ordinal);
        Assert.Empty(await CopySample.KeysAsync(_sample.Target));
    }

    [Fact]
    public async Task Damage_on_the_way_into_a_copy_that_has_its_manifest_is_not_left_beside_it()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1));
        await _sample.CopyOneAsync(key);
        await _sample.Target.DeleteAsync(key, Token);
        var damaging = new CopySample(_sample.Source, new DamagingStore(_sample.Target, key));

        var failed = await damaging.CopyOneAsync(key);

        Assert.Equal((CopyStatus.Failed, "ChecksumMismatch"), (failed.Status, failed.ErrorId));
        Assert.Null(await _sample.Target.FindAsync(key, Token));
        Assert.Equal([key], await _sample.MissingAsync());
    }

    [Fact]
    public async Task Something_else_under_the_same_key_is_left_and_both_places_are_named()
    {
        var time = CopySample.Ago(1);
        var key = await _sample.PutAsync(time);
        await CopySample.PutAsync(_sample.Target, time);
        var before = await CopySample.ReadAsync(_sample.Target, key);

        var result = await _sample.CopyOneAsync(key);
        await _sample.Target.DeleteAsync(BackupKey.ManifestOf(key), Token);
        var withoutManifest = await _sample.CopyOneAsync(key);
        await CopySample.PutObjectAsync(_sample.Target, key, [1, 2, 3]);
        var shorter = await _sample.CopyOneAsync(key);

        Assert.All([result, withoutManifest, shorter], item =>
        {
            Assert.Equal("CopyConflict", item.ErrorId);
            Assert.Contains(_here.Path, item.Error, StringComparison.Ordinal);
            Assert.Contains(_there.Path, item.Error, StringComparison.Ordinal);
        });
        Assert.NotEqual(before, await CopySample.ReadAsync(_sample.Source, key));
        Assert.Equal([1, 2, 3], await CopySample.ReadAsync(_sample.Target, key));
        Assert.Equal([key], await CopySample.KeysAsync(_sample.Target));
    }

    [Fact]
    public async Task Verify_reads_what_is_there_already()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1));
        await _sample.CopyOneAsync(key);
        var verified = await _sample.CopyOneAsync(key, CopySample.Options() with { Verify = true });
        var bytes = await CopySample.ReadAsync(_sample.Target, key);
        bytes[7] ^= 1;
        await CopySample.PutObjectAsync(_sample.Target, key, bytes);

        Assert.Equal((CopyStatus.AlreadyThere, true), (verified.Status, verified.ReadBack));
        Assert.Equal(CopyStatus.AlreadyThere, (await _sample.CopyOneAsync(key)).Status);
        Assert.Equal("CopyConflict", (await _sample.CopyOneAsync(key, CopySample.Options() with { Verify = true })).ErrorId);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_used_and_what_is_gone_from_a_copy_is_put_back()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1), BackupSource.Redis, 3);
        await CopySample.PutObjectAsync(_sample.Target, key, await CopySample.ReadAsync(_sample.Source, key));

        Assert.Equal(CopyStatus.Copied, (await _sample.CopyOneAsync(key)).Status);
        await _sample.RequireSameAsync(key);

        await _sample.Target.DeleteAsync(key, Token);
        Assert.Equal([key], await _sample.MissingAsync());
        Assert.Equal(CopyStatus.Copied, (await _sample.CopyOneAsync(key)).Status);
        await _sample.RequireSameAsync(key);
        Assert.Empty(await _sample.MissingAsync());
    }

    [Fact]
    public async Task A_backup_without_a_manifest_is_copied_too()
    {
        var key = CopySample.KeyOf(CopySample.Ago(400)).ToString();
        await CopySample.PutObjectAsync(_sample.Source, key, Encoding.UTF8.GetBytes("as the Node scripts left it"));

        Assert.Empty(await _sample.MissingAsync());
        Assert.Equal([key], await _sample.MissingAsync(CopySample.Options() with { IncludeLegacy = true }));
        Assert.Equal((CopyStatus.Copied, true, 1), (await _sample.CopyOneAsync(key)) is var copied ? (copied.Status, copied.ReadBack, copied.ObjectCount) : default);
        Assert.Equal(CopyStatus.AlreadyThere, (await _sample.CopyOneAsync(key)).Status);
        await _sample.RequireSameAsync(key);
    }

    [Fact]
    public async Task A_hold_goes_along_and_one_that_was_lifted_there_does_not_come_back()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1));
        await new HoldPipeline(_sample.Source, _sample.Reporter, TimeProvider.System).ProtectAsync(key, "audit", until: null, Token);
        await _sample.CopyOneAsync(key);
        Assert.Equal("audit", (await new BackupHolds(_sample.Target).FindAsync(key, Token))?.Reason);

        await new HoldPipeline(_sample.Target, _sample.Reporter, TimeProvider.System).UnprotectAsync(key, Token);
        Assert.Empty(await _sample.MissingAsync());
        Assert.Equal(CopyStatus.AlreadyThere, (await _sample.CopyOneAsync(key)).Status);
        Assert.Null(await new BackupHolds(_sample.Target).FindAsync(key, Token));
    }

    [Fact]
    public async Task A_full_disk_stops_the_run_and_leaves_only_what_was_finished()
    {
        using var disk = SmallDisk.MountOrSkip();
        var target = new FileSystemStore(disk.Path, TimeProvider.System);
        var sample = new CopySample(_sample.Source, target);
        var small = await sample.PutAsync(CopySample.Ago(1), size: 300_000);
        var large = await sample.PutAsync(CopySample.Ago(2), size: 900_000);

        await Assert.ThrowsAsync<DiskFullException>(() => sample.CopyAsync(CopySample.Options() with { ThrottleLimit = 1 }, null, small, large));

        Assert.Equal([small, BackupKey.ManifestOf(small)], await CopySample.KeysAsync(target));
        Assert.Equal(2, Directory.GetFiles(disk.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_stopped_copy_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var key = await _sample.PutAsync(CopySample.Ago(1), BackupSource.Redis, 2);
        var sample = new CopySample(_sample.Source, new StoppingStore(Folder(_there), BackupKey.ManifestOf(key), stop));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sample.CopyAsync(null, stop.Token, key));

        Assert.Empty(await CopySample.KeysAsync(_sample.Target));
    }

    private static FileSystemStore Folder(TemporaryFolder folder) => new(folder.Path, TimeProvider.System);

    // Remembers in which order objects were begun.
    private sealed class OrderStore(IObjectStore inner) : WrappedStore(inner)
    {
        public List<string> Order { get; } = [];

        public override Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken)
        {
            Order.Add(key);
            return base.BeginUploadAsync(key, options, cancellationToken);
        }
    }

    // Stores other bytes than it was given, and says nothing.
    private sealed class DamagingStore(IObjectStore inner, string damaged) : WrappedStore(inner)
    {
        public override async Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken)
        {
            var upload = await base.BeginUploadAsync(key, options, cancellationToken);
            return key == damaged ? new DamagingUpload(upload) : upload;
        }
    }

    private sealed class DamagingUpload(IObjectUpload inner) : IObjectUpload
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            var bytes = data.ToArray();
            bytes[^1] ^= 0x10;
            return inner.WriteAsync(bytes, cancellationToken);
        }

        public Task<StoredObject> CompleteAsync(CancellationToken cancellationToken) => inner.CompleteAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    // The user stops the command as soon as an object is begun.
    private sealed class StoppingStore(IObjectStore inner, string last, CancellationTokenSource stop) : WrappedStore(inner)
    {
        public override async Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken)
        {
            if (key == last)
            {
                await stop.CancelAsync();
            }

            return await base.BeginUploadAsync(key, options, cancellationToken);
        }
    }
}
