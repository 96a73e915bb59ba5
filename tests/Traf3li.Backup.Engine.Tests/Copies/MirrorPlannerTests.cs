using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Copies;

/// <summary>What a mirror is found to lack.</summary>
public sealed class MirrorPlannerTests : IDisposable
{
    private readonly TemporaryFolder _here = new();
    private readonly TemporaryFolder _there = new();
    private readonly CopySample _sample;

    public MirrorPlannerTests() => _sample = new CopySample(new FileSystemStore(_here.Path, TimeProvider.System), new FileSystemStore(Path.Join(_there.Path, "not", "made", "yet"), TimeProvider.System));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task The_newest_come_first_and_a_folder_that_is_not_there_yet_is_not_made_by_looking()
    {
        var keys = await PutDaysAsync(3);

        Assert.Equal(keys, await _sample.MissingAsync());
        Assert.False(Directory.Exists(Path.Join(_there.Path, "not")));
        await _sample.CopyAsync(null, null, keys[1]);
        Assert.Equal([keys[0], keys[2]], await _sample.MissingAsync());
        await _sample.CopyAsync(null, null, [.. await _sample.MissingAsync()]);
        Assert.Empty(await _sample.MissingAsync());
    }

    [Fact]
    public async Task Filters_choose()
    {
        var days = await PutDaysAsync(4);
        var redis = await _sample.PutAsync(CopySample.Ago(10), BackupSource.Redis, 2);
        var weekly = await _sample.PutAsync(CopySample.Ago(20), type: BackupType.Weekly);

        Assert.Equal([redis], await _sample.MissingAsync(CopySample.Options() with { Source = BackupSource.Redis }));
        Assert.Equal([weekly], await _sample.MissingAsync(CopySample.Options() with { Type = [BackupType.Weekly] }));
        Assert.Equal(days[..2], await _sample.MissingAsync(CopySample.Options() with { Latest = 2 }));
        Assert.Equal([redis, weekly], await _sample.MissingAsync(CopySample.Options() with { Before = CopySample.Ago(5) }));
        Assert.Equal(days, await _sample.MissingAsync(CopySample.Options() with { After = CopySample.Ago(5) }));
        Assert.Empty(await _sample.MissingAsync(CopySample.Options() with { Environment = "staging" }));

        // The newest two are there: nothing older moves up.
        await _sample.CopyAsync(null, null, days[0], days[1]);
        Assert.Empty(await _sample.MissingAsync(CopySample.Options() with { Latest = 2 }));
    }

    [Fact]
    public async Task What_is_not_whole_is_left_with_a_warning()
    {
        var keys = await PutDaysAsync(2);
        await _sample.Source.DeleteAsync(keys[1], Token);

        Assert.Equal([keys[0]], await _sample.MissingAsync());
        Assert.Contains(keys[1], Assert.Single(_sample.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_the_mirror_lost_is_missing_and_copied_again()
    {
        var key = await _sample.PutAsync(CopySample.Ago(1), BackupSource.Redis, 3, 1000);
        await _sample.CopyAsync(null, null, key);
        await _sample.Target.DeleteAsync(BackupKey.TryParse(key)!.ShardKey(1), Token);

        Assert.Equal([key], await _sample.MissingAsync());
        Assert.Equal(CopyStatus.Copied, (await _sample.CopyOneAsync(key)).Status);
        await _sample.RequireSameAsync(key);
        Assert.Empty(await _sample.MissingAsync());
    }

    [Fact]
    public async Task What_the_mirrors_retention_removed_is_not_brought_back()
    {
        var keys = await PutDaysAsync(6);
        await _sample.CopyAsync(null, null, [.. keys]);
        var policy = new RetentionPolicy { Daily = 2, Force = true };
        await foreach (var _ in new RetentionPipeline(_sample.Target, _sample.Reporter, TimeProvider.System).RemoveAsync(policy, null, null, Token))
        {
        }

        Assert.Equal([.. keys[..2].Order(StringComparer.Ordinal)], (await CopySample.KeysAsync(_sample.Target)).Where(key => BackupKey.TryParse(key) is not null));
        Assert.Equal(4, (await _sample.MissingAsync()).Count);
        Assert.Empty(await _sample.MissingAsync(retention: policy));

        // A new day is copied, and the policy still brings nothing else.
        var today = await _sample.PutAsync(CopySample.Ago(0));
        Assert.Equal([today], await _sample.MissingAsync(retention: policy));
    }

    private async Task<List<string>> PutDaysAsync(int count)
    {
        var keys = new List<string>();
        for (var day = 1; day <= count; day++)
        {
            keys.Add(await _sample.PutAsync(CopySample.Ago(day), size: 1000));
        }

        return keys;
    }
}
