using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Retention;
using static Traf3li.Backup.Testing.Retention.StoreSample;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>How many calls a removal makes, counted where they arrive, and what becomes of objects that the store refuses to delete.</summary>
public sealed class BatchDeletionTests
{
    private const string Destination = "s3://bucket?region=eu-central-1&sse=none";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thousands_of_backups_go_in_as_many_calls_as_there_are_thousands_of_objects()
    {
        using var folder = new TemporaryFolder();
        await using var aws = new LocalAws(Destination, new MemoryBucket().Answer);
        var sample = new StoreSample(new RemovingThere(new FileSystemStore(folder.Path, TimeProvider.System), aws.Store));
        var time = Ago(10);
        var old = await sample.PutAsync(time);
        var manifest = await File.ReadAllTextAsync(Path.Combine(folder.Path, BackupKey.ManifestOf(old)), Token);
        foreach (var number in Enumerable.Range(1, 2499))
        {
            var key = KeyOf(time.AddSeconds(-number)).ToString();
            var path = Path.Combine(folder.Path, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, Content, Token);
            await File.WriteAllTextAsync(BackupKey.ManifestOf(path), manifest.Replace(old, key, StringComparison.Ordinal), Token);
        }

        await sample.PutAsync(Ago(1));
        await sample.PutAsync(Ago(2));

        Assert.Equal(2500, (await sample.RemoveAsync()).Count);

        var requests = aws.Server.Requests;
        Assert.Equal([1000, 1000, 1000, 1000, 500, 500, 1], requests.Where(IsDeleteObjects).Select(request => request.Text.Split("<Key>").Length - 1));
        // Besides, the bucket is asked once for Object Lock, once for versions and once for unfinished uploads, and never for one of the backups.
        Assert.Equal(["/?object-lock", "/?uploads", "/?versioning"], requests.Where(request => !IsDeleteObjects(request)).Select(request => request.Target.Split('&')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_store_refuses_to_delete_is_named_and_all_else_goes()
    {
        var bucket = new MemoryBucket();
        await using var aws = new LocalAws(Destination, bucket.Answer);
        var sample = new StoreSample(aws.Store);
        var all = new List<string>();
        foreach (var day in Enumerable.Range(1, 7))
        {
            all.Add(await sample.PutAsync(Ago(day)));
        }

        bucket.Refused[BackupKey.ManifestOf(all[4])] = "AccessDenied";
        bucket.Refused[all[5]] = "AccessDenied";

        var error = await Assert.ThrowsAsync<StoreAccessDeniedException>(() => sample.RemoveAsync());

        Assert.Equal(("s3:DeleteObject", "bucket/" + BackupKey.ManifestOf(all[4])), (error.Action, error.Resource));
        Assert.Equal([BackupKey.ManifestOf(all[4]), all[5]], sample.Reporter.Warnings.Select(warning => warning.Split(' ')[0]));
        // The object of a manifest that stays is no orphan, and one whose manifest is gone has a journal.
        var left = bucket.Keys.Where(key => !key.StartsWith(RemovalJournal.Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(new[] { all[0], all[1], all[4] }.SelectMany(key => new[] { key, BackupKey.ManifestOf(key) }).Append(all[5]).Order(StringComparer.Ordinal), left);
        Assert.Single(bucket.Keys, key => key.StartsWith(RemovalJournal.Folder, StringComparison.Ordinal));

        bucket.Refused.Clear();
        Assert.Equal([all[5], all[4]], (await sample.RemoveAsync()).Select(item => item.Key));
        Assert.Equal(4, bucket.Keys.Count);
    }

    [Fact]
    public async Task What_could_not_be_deleted_among_many_may_be_alone()
    {
        var bucket = new MemoryBucket();
        await using var aws = new LocalAws(Destination, request =>
        {
            if (request.Method == "DELETE")
            {
                bucket.Refused.Clear();
            }

            return bucket.Answer(request);
        });
        bucket.Put("backups/a", [1]);
        bucket.Put("backups/b", [1]);
        bucket.Refused["backups/b"] = "InternalError";

        Assert.Empty(await aws.Store.DeleteAsync(["backups/a", "backups/b"], Token));

        Assert.Empty(bucket.Keys);
        Assert.Equal(["DELETE", "POST"], aws.Server.Requests.Select(request => request.Method).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_store_that_deletes_only_one_at_a_time_is_asked_for_each()
    {
        var bucket = new MemoryBucket();
        await using var aws = new LocalAws(Destination, request => IsDeleteObjects(request)
            ? new HttpAnswer(501, LocalAws.Error("NotImplemented", "A header you provided implies functionality that is not implemented."), ("Content-Type", "application/xml"))
            : bucket.Answer(request));
        bucket.Put("backups/a", [1]);
        bucket.Put("backups/b", [1]);
        bucket.Refused["backups/b"] = "AccessDenied";

        var failed = await aws.Store.DeleteAsync(["backups/a", "backups/b"], Token);

        Assert.Equal("backups/b", Assert.Single(failed).Key);
        Assert.Equal("backups/b", Assert.Single(bucket.Keys));
    }

    private static bool IsDeleteObjects(HttpRequestRecord request) => request.Method == "POST" && request.Target.Contains("delete", StringComparison.Ordinal);

    /// <summary>Reads where that is quick, and removes where the calls are counted.</summary>
    private sealed class RemovingThere(IObjectStore reads, IObjectStore removes) : WrappedStore(reads), IObjectStore
    {
        public override IObjectLocks? ObjectLocks => removes.ObjectLocks;

        Task<IReadOnlyDictionary<string, BackupException>> IObjectStore.DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => removes.DeleteAsync(keys, cancellationToken);

        Task<bool> IObjectStore.KeepsVersionsAsync(CancellationToken cancellationToken) => removes.KeepsVersionsAsync(cancellationToken);

        Task<int> IObjectStore.RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken) => removes.RemoveStaleUploadsAsync(prefix, olderThan, cancellationToken);
    }
}
