using System.Diagnostics;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>A mirror that is brought up to date by processes that are killed (SIGKILL) at random moments: nothing half done looks good, and the next goes on.</summary>
public sealed class KilledCopyTests(Ceph18Fixture ceph18) : IDisposable
{
    private const int Rounds = 15;

    private readonly TemporaryFolder _here = new();
    private readonly KillMoments _moments = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _here.Dispose();

    [Fact]
    public async Task In_a_folder_nothing_half_done_looks_good_and_nothing_good_is_lost()
    {
        using var there = new TemporaryFolder();
        var store = new FileSystemStore(there.Path, TimeProvider.System);
        await RunAsync(store, there.Path, new Dictionary<string, string>(), () => Task.FromResult(
            Directory.EnumerateFiles(there.Path, "*", SearchOption.AllDirectories).Count(path => TemporaryFileName.TryParse(Path.GetFileName(path)) is not null)));
    }

    [Fact]
    public async Task In_a_bucket_nothing_half_done_looks_good_and_nothing_good_is_lost()
    {
        var server = await ceph18.GetAsync();
        var destination = server.NewDestination();
        await using var store = S3Stores.Open(server, destination);
        var (client, place) = S3Stores.Raw(server, destination);
        using var _ = client;
        var request = new ListMultipartUploadsRequest { BucketName = place.Bucket, Prefix = place.Prefix };
        await RunAsync(store, destination, KilledS3Upload.Environment(server, destination), async () => (await client.ListMultipartUploadsAsync(request, Token)).MultipartUploads?.Count ?? 0);
    }

    private async Task RunAsync(IObjectStore target, string destination, Dictionary<string, string> environment, Func<Task<int>> countPartial)
    {
        var sample = new CopySample(new FileSystemStore(_here.Path, TimeProvider.System), target);
        for (var day = 1; day <= 6; day++)
        {
            await sample.PutAsync(CopySample.Ago(day), size: 9_000_000);
            await sample.PutAsync(CopySample.Ago(day), BackupSource.Redis, 3, 1_000_000);
        }

        var all = await sample.MissingAsync();
        Task<EngineProcess> StartAsync() => EngineProcess.StartAsync(environment, "copy", _here.Path, destination);
        var full = await MeasureAsync(sample, await StartAsync());
        var (complete, partial, whole) = (0, 0, 0);
        var next = StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await using var child = await next;
            next = StartAsync();
            child.Begin();
            await _moments.WaitAsync(full, child);
            await child.KillAsync();
            var there = await CopySample.KeysAsync(sample.Target);
            foreach (var manifest in there.Where(key => key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal)))
            {
                await sample.RequireSameAsync(manifest[..^BackupKey.ManifestSuffix.Length]);
                complete++;
            }

            // What has its name but no manifest yet is whole.
            foreach (var key in there.Where(key => BackupKey.TryParse(BackupKey.WithoutShard(key)) is not null))
            {
                Assert.Equal(await CopySample.ReadAsync(sample.Source, key), await CopySample.ReadAsync(sample.Target, key));
                whole += there.Contains(BackupKey.ManifestOf(BackupKey.WithoutShard(key)), StringComparer.Ordinal) ? 0 : 1;
            }

            partial += await countPartial();
            if (round % 3 == 2 && there.Count > 0)
            {
                await EmptyAsync(sample.Target);
            }
        }

        await using (var last = await next)
        {
            last.Begin();
            await last.CompleteAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_moments.Seed}; {full.TotalMilliseconds:0} ms; complete {complete}, whole without manifest {whole}, partial {partial}");
        Assert.True(complete > 0 && partial + whole > 0, $"No kill came in the middle: seed {_moments.Seed}");
        Assert.Empty(await sample.MissingAsync());
        Assert.Equal(all.Order(StringComparer.Ordinal), (await CopySample.KeysAsync(sample.Target)).Where(key => BackupKey.TryParse(key) is not null).Order(StringComparer.Ordinal));
        foreach (var key in all)
        {
            await sample.RequireSameAsync(key);
        }
    }

    private static async Task<TimeSpan> MeasureAsync(CopySample sample, EngineProcess child)
    {
        await using var _ = child;
        var begun = Stopwatch.GetTimestamp();
        child.Begin();
        await child.CompleteAsync();
        var full = Stopwatch.GetElapsedTime(begun);
        Assert.Empty(await sample.MissingAsync());
        await EmptyAsync(sample.Target);
        return full;
    }

    private static async Task EmptyAsync(IObjectStore store)
    {
        foreach (var key in await CopySample.KeysAsync(store))
        {
            await store.DeleteAsync(key, Token);
        }
    }
}
