using System.Diagnostics;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Health;

/// <summary>Ten thousand backups, of which only the newest are read.</summary>
public sealed class ManyBackupsTests(ReplicaSet6 mongo, Ceph18Fixture ceph) : IClassFixture<ReplicaSet6>, IDisposable
{
    private const int Count = 10_000;
    private const long MostHeld = 20_000_000;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_a_folder_they_are_judged_in_seconds()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        var manifest = await SampleManifestAsync(store);
        foreach (var key in Keys())
        {
            var path = Path.Combine(_folder.Path, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, new byte[1000], Token);
            await File.WriteAllTextAsync(BackupKey.ManifestOf(path), manifest(key), Token);
        }

        await JudgeAsync(new HealthPlace(("BACKUP_DESTINATION", _folder.Path), ("MONGODB_URI", mongo.Server.Uri), ("BACKUP_QUOTA", "1GB")));
    }

    // To fill the bucket takes a minute.
    [Fact(Explicit = true)]
    public async Task In_a_bucket_they_are_judged_in_seconds()
    {
        var server = await ceph.GetAsync();
        var destination = server.NewDestination();
        await using var store = S3Stores.Open(server, destination);
        var manifest = await SampleManifestAsync(store);
        await Parallel.ForEachAsync(Keys(), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (key, _) =>
        {
            await CopySample.PutObjectAsync(store, key, new byte[1000]);
            await CopySample.PutObjectAsync(store, BackupKey.ManifestOf(key), System.Text.Encoding.UTF8.GetBytes(manifest(key)));
        });

        await JudgeAsync(new HealthPlace(
            ("BACKUP_DESTINATION", destination),
            ("AWS_ACCESS_KEY_ID", server.AccessKeyId),
            ("AWS_SECRET_ACCESS_KEY", server.SecretAccessKey),
            ("MONGODB_URI", mongo.Server.Uri),
            ("BACKUP_QUOTA", "1GB")));
    }

    private static async Task JudgeAsync(HealthPlace place)
    {
        await place.CheckAsync();
        var before = (Allocated: GC.GetTotalAllocatedBytes(), Held: GC.GetTotalMemory(forceFullCollection: true));
        var watch = Stopwatch.StartNew();
        var report = await place.CheckAsync();
        var time = watch.Elapsed;
        var allocated = GC.GetTotalAllocatedBytes() - before.Allocated;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before.Held;
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{time.TotalSeconds:0.0} s in all, the list {Of(report, "RecoveryGap").Duration.TotalSeconds:0.0} s, {allocated / 1e6:0} MB allocated, {held / 1e6:0.0} MB more held afterwards"));
        Assert.True(held < MostHeld, $"{held} bytes more are held");
        Assert.Contains("10001 states", Of(report, "RecoveryGap").Value, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Good, Of(report, "RecoveryPoint").Status);
    }

    private static HealthCheck Of(HealthReport report, string name) => report.Check.Single(check => check.Name == name);

    private static IEnumerable<string> Keys() => Enumerable.Range(1, Count).Select(number => CopySample.KeyOf(CopySample.Ago(number / 4.0)).ToString());

    // Of one backup, to be those of all by another key and time.
    private static async Task<Func<string, string>> SampleManifestAsync(IObjectStore store)
    {
        var key = await CopySample.PutAsync(store, CopySample.Ago(0.01), size: 1000);
        var text = System.Text.Encoding.UTF8.GetString(await CopySample.ReadAsync(store, BackupKey.ManifestOf(key)));
        return name => text.Replace(key, name, StringComparison.Ordinal);
    }
}
