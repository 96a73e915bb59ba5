using System.Diagnostics;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Retention;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>Removals that are killed (SIGKILL) at random moments: what is kept stays whole, and the next run finishes.</summary>
public sealed class KilledRemovalTests(Ceph18Fixture ceph18)
{
    private const int Rounds = 15;
    private const int Expired = 8;

    private readonly KillMoments _moments = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_a_folder_nothing_kept_is_lost_and_the_next_run_finishes()
    {
        using var folder = new TemporaryFolder();
        await RunAsync(new FileSystemStore(folder.Path, TimeProvider.System), folder.Path, new Dictionary<string, string>());
    }

    [Fact]
    public async Task In_a_bucket_nothing_kept_is_lost_and_the_next_run_finishes()
    {
        var server = await ceph18.GetAsync();
        var destination = server.NewDestination();
        await using var store = S3Stores.Open(server, destination);
        await RunAsync(store, destination, KilledS3Upload.Environment(server, destination));
    }

    private async Task RunAsync(IObjectStore store, string destination, Dictionary<string, string> environment)
    {
        var sample = new StoreSample(store);
        await FillAsync(sample);
        var all = await sample.KeysAsync();
        var kept = all.Order(StringComparer.Ordinal).Except(await ExpiredAsync(sample, all), StringComparer.Ordinal).ToList();
        Assert.NotEmpty(kept);
        var begun = Stopwatch.GetTimestamp();
        await CompleteAsync(environment, destination);
        var full = Stopwatch.GetElapsedTime(begun);
        var (partial, journals) = (0, 0);
        var next = EngineProcess.StartAsync(environment, "remove", destination);
        for (var round = 0; round < Rounds; round++)
        {
            await FillAsync(sample);
            await using var child = await next;
            next = EngineProcess.StartAsync(environment, "remove", destination);
            child.Begin();
            await _moments.WaitAsync(full, child);
            await child.KillAsync();
            var there = await sample.KeysAsync();
            Assert.Empty(kept.Except(there, StringComparer.Ordinal));
            foreach (var manifest in there.Where(key => key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal)))
            {
                Assert.Contains(manifest[..^BackupKey.ManifestSuffix.Length], there);
            }

            journals += there.Count(RemovalJournal.IsJournal);
            partial += Backups(there).Count < all.Count ? 1 : 0;
        }

        await using (var last = await next)
        {
            last.Begin();
            await last.CompleteAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_moments.Seed}; {full.TotalMilliseconds:0} ms; removed something {partial}, journals seen {journals}");
        var left = await sample.KeysAsync();
        Assert.Equal(kept, Backups(left));
        Assert.DoesNotContain(left, RemovalJournal.IsJournal);
    }

    private static List<string> Backups(IEnumerable<string> keys) =>
        [.. keys.Where(key => !key.StartsWith(BackupKey.Root + '.', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static async Task<List<string>> ExpiredAsync(StoreSample sample, IReadOnlyList<string> all)
    {
        var expired = (await sample.PlanAsync()).Where(item => item.Decision == RetentionAction.Remove).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return [.. all.Where(key => expired.Contains(BackupKey.WithoutShard(key.EndsWith(BackupKey.ManifestSuffix, StringComparison.Ordinal) ? key[..^BackupKey.ManifestSuffix.Length] : key)))];
    }

    private readonly DateTime _now = StoreSample.Ago(0);

    private async Task FillAsync(StoreSample sample)
    {
        for (var day = 0; day < Expired; day++)
        {
            await sample.PutAsync(_now.AddDays(-day - 1));
            await sample.PutAsync(_now.AddDays(-day - 1), BackupSource.Redis, 2);
        }
    }

    private static async Task CompleteAsync(Dictionary<string, string> environment, string destination)
    {
        await using var child = await EngineProcess.StartAsync(environment, "remove", destination);
        child.Begin();
        await child.CompleteAsync();
    }
}
