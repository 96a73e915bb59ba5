using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Thaw;

/// <summary>Archived backups: what is said of them, how they are thawed, and what is read instead.</summary>
public sealed class ThawTests : IAsyncDisposable
{
    private readonly ArchiveBucket _bucket = new();
    private readonly AnsweringHttpServer _server;
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();

    public ThawTests() => _server = new AnsweringHttpServer(_bucket.Answer);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Archive => $"s3://{ArchiveBucket.Name}?endpoint=http://{_server.EndPoint}";

    private FileSystemStore Folder => new(_folder.Path, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_listing_says_what_is_archived()
    {
        var key = await PutAsync("GLACIER");
        var other = await PutAsync("GLACIER_IR", days: 2);

        var listed = await ListAsync();

        Assert.Equal([(key, "GLACIER", true), (other, "GLACIER_IR", false)], listed.Select(backup => (backup.Key, backup.StorageClass!, backup.IsArchived)));
        Assert.All(listed, backup => Assert.Equal(BackupStatus.Complete, backup.Status));
        Assert.Null(Assert.Single(await ListAsync(_folder.Path, key)).StorageClass);
    }

    [Fact]
    public async Task A_manifest_that_is_archived_too_does_not_end_the_listing()
    {
        var key = await PutAsync("GLACIER");
        var other = await PutAsync("STANDARD", days: 2);
        _bucket.Move(BackupKey.ManifestOf(key), "GLACIER");

        var listed = await ListAsync();

        Assert.Equal([(key, BackupStatus.Incomplete), (other, BackupStatus.Complete)], listed.Select(backup => (backup.Key, backup.Status)));
        Assert.Contains("-Thaw", Assert.Single(listed[0].Warning), StringComparison.Ordinal);
        var thaw = await Engine().ThawAsync(Options(listed[0]), _reporter, Token);
        Assert.Equal(2, thaw!.ObjectCount);
        Assert.NotNull(_bucket.RequestedOf(BackupKey.ManifestOf(key)));
    }

    [Theory]
    [InlineData(VerificationDepth.Quick)]
    [InlineData(VerificationDepth.Full)]
    public async Task Without_a_thaw_a_test_ends_at_once_and_says_what_to_do(VerificationDepth depth)
    {
        await PutAsync("DEEP_ARCHIVE");
        var listed = Assert.Single(await ListAsync());

        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => Engine().TestAsync(Test(listed, depth), _reporter, Token));

        Assert.Equal((listed.Key, "DEEP_ARCHIVE", false), (error.Key, error.StorageClass, error.IsThawing));
        Assert.Contains("12 hours (Standard) or 48 hours (Bulk)", error.Recommendation, StringComparison.Ordinal);
        Assert.Contains("charges", error.Recommendation, StringComparison.Ordinal);
        Assert.Null(_bucket.RequestedOf(listed.Key));
    }

    [Fact]
    public async Task A_restore_ends_before_it_looks_for_its_server()
    {
        await PutAsync("GLACIER");
        var options = Restore(Assert.Single(await ListAsync()));

        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => Engine().PlanRestoreAsync(options, _reporter, Token));
        Assert.Contains("1-5 minutes (Expedited), 3-5 hours (Standard)", error.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain(_bucket.Keys, key => key.Contains(".locks", StringComparison.Ordinal));
        await Assert.ThrowsAsync<ObjectArchivedException>(() => Engine().RestoreAsync(options, _reporter, Token));
        Assert.DoesNotContain(_bucket.Keys, key => key.Contains("manual", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_objects_of_a_backup_are_thawed_and_a_record_says_by_whom()
    {
        var key = await PutAsync("GLACIER", BackupSource.Redis, shards: 3);
        foreach (var shard in Shards(key))
        {
            _bucket.Move(shard, "GLACIER");
        }

        var options = Options(Assert.Single(await ListAsync()), ThawTier.Bulk, days: 3);
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;

        var plan = await Engine().PlanThawAsync(options, _reporter, Token);
        Assert.Equal((ThawStatus.Archived, 3, 300_000L), (plan!.Status, plan.ObjectCount, plan.Size));
        Assert.All(Shards(key).Append(key), item => Assert.Null(_bucket.RequestedOf(item)));

        var thaw = await Engine().ThawAsync(options, _reporter, Token);

        Assert.Equal((ThawStatus.Requested, "GLACIER", ThawTier.Bulk, 3, 3, 3), (thaw!.Status, thaw.StorageClass, thaw.Tier, thaw.Days, thaw.ObjectCount, thaw.ExitCode));
        Assert.InRange(thaw.ReadyBy, before.AddHours(11.99), before.AddHours(12.1));
        Assert.All(Shards(key).Append(key), item => Assert.Contains("<Days>3</Days>", _bucket.RequestedOf(item), StringComparison.Ordinal));
        var record = Assert.Single(_bucket.Keys, item => item.Contains(".history", StringComparison.Ordinal));
        Assert.Contains("-restore-redis-", record, StringComparison.Ordinal);
        Assert.Contains("nothingtodo", record, StringComparison.OrdinalIgnoreCase);

        var again = await Engine().ThawAsync(options, _reporter, Token);
        Assert.Equal(ThawStatus.InProgress, again!.Status);
        _bucket.Finish();
        Assert.Null(await Engine().PlanThawAsync(options, _reporter, Token));
        Assert.Null(await Engine().ThawAsync(options, _reporter, Token));
    }

    [Fact]
    public async Task What_is_thawed_already_stays_so_for_as_long_as_the_rest()
    {
        var key = await PutAsync("GLACIER", BackupSource.Redis, shards: 2);
        var backup = Assert.Single(await ListAsync());
        await Engine().ThawAsync(Options(backup), _reporter, Token);
        _bucket.Finish();
        _bucket.Move(Shards(key)[0], "GLACIER");

        var thaw = await Engine().ThawAsync(Options(backup, days: 30), _reporter, Token);

        Assert.Equal((ThawStatus.Requested, 1), (thaw!.Status, thaw.ObjectCount));
        Assert.Equal(2, _server.Requests.Count(request => request.Method == "POST" && request.Text.Contains("<Days>30</Days>", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Expedited_is_refused_for_deep_archives_before_anything_is_requested()
    {
        var key = await PutAsync("GLACIER", BackupSource.Redis, shards: 2);
        _bucket.Move(Shards(key)[0], "DEEP_ARCHIVE");
        var options = Options(Assert.Single(await ListAsync()), ThawTier.Expedited);

        var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => Engine().PlanThawAsync(options, _reporter, Token));

        Assert.Contains("Expedited is not offered for DEEP_ARCHIVE", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => Engine().ThawAsync(options, _reporter, Token));
        Assert.Null(_bucket.RequestedOf(key));
    }

    [Fact]
    public async Task A_copy_that_can_be_read_now_is_read_instead()
    {
        var key = await PutAsync("GLACIER");
        var listed = Assert.Single(await ListAsync());
        var options = Test(listed, VerificationDepth.Quick) with { Fallback = [_folder.Path] };

        var result = await Engine().TestAsync(options, _reporter, Token);

        Assert.Equal(_folder.Path, result.Backup.Destination);
        Assert.Contains(_reporter.Warnings, warning => warning.Contains("until it is thawed", StringComparison.Ordinal) && warning.Contains($"{key} is read from {_folder.Path}.", StringComparison.Ordinal));
        Assert.Null(await Engine().PlanThawAsync(Options(listed) with { Fallback = [_folder.Path] }, _reporter, Token));
    }

    [Fact]
    public async Task Where_the_other_copy_is_lost_the_thaw_is_advised()
    {
        await PutAsync("GLACIER");
        var listed = Assert.Single(await ListAsync());
        Directory.Delete(_folder.Path, recursive: true);
        Directory.CreateDirectory(_folder.Path);

        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => Engine().TestAsync(Test(listed, VerificationDepth.Quick) with { Fallback = [_folder.Path] }, _reporter, Token));

        Assert.Contains("-Thaw", error.Recommendation, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, error.Recommendation, StringComparison.Ordinal);
        var thaw = await Engine().ThawAsync(Options(listed) with { Destination = _folder.Path, Fallback = [Archive] }, _reporter, Token);
        Assert.Equal(ThawStatus.Requested, thaw!.Status);
        Assert.StartsWith($"s3://{ArchiveBucket.Name}", thaw.Destination, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archived_source_is_not_copied_and_the_others_are()
    {
        var archived = await PutAsync("GLACIER");
        var readable = await PutAsync("STANDARD", days: 2);
        using var target = new TemporaryFolder();
        var options = new CopyOptions { WorkingDirectory = _folder.Path, Destination = Archive, To = target.Path, Key = [archived, readable] };

        var results = new List<CopyResult>();
        await foreach (var result in Engine().CopyAsync(options, _reporter, Token))
        {
            results.Add(result);
        }

        Assert.Equal(CopyStatus.Copied, results.Single(result => result.Key == readable).Status);
        var failed = results.Single(result => result.Key == archived);
        Assert.Equal((CopyStatus.Failed, "ObjectArchived"), (failed.Status, failed.ErrorId));
        Assert.Contains("-Thaw", failed.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain(await CopySample.KeysAsync(new FileSystemStore(target.Path, TimeProvider.System)), key => key.StartsWith(archived, StringComparison.Ordinal));
    }

    /// <summary>Ceph and others take GLACIER for a name as any other.</summary>
    [Fact]
    public async Task A_store_whose_GLACIER_can_be_read_has_no_archive()
    {
        await using var server = new AnsweringHttpServer(request => Rename(_bucket.Answer(request)));
        await PutAsync("GLACIER_IR");
        var destination = $"s3://{ArchiveBucket.Name}?endpoint=http://{server.EndPoint}";

        var listed = Assert.Single(await ListAsync(destination));

        Assert.Equal(("GLACIER", null), (listed.StorageClass, listed.ThawStatus));
        var result = await Engine().TestAsync(Test(listed, VerificationDepth.Quick) with { Destination = destination }, _reporter, Token);
        Assert.NotNull(result.Backup.Manifest);
    }

    /// <summary>What has 0 bytes in a listing of Ceph 18 is no damage that retention might clear away, nor anything that a mirror lacks.</summary>
    [Fact]
    public async Task What_hides_its_size_while_it_is_archived_is_whole()
    {
        var bucket = new ArchiveBucket { HidesSizes = true };
        await using var server = new AnsweringHttpServer(bucket.Answer);
        var key = await PutAsync("STANDARD");
        foreach (var item in _bucket.Keys)
        {
            bucket.Put(item, await CopySample.ReadAsync(Folder, item), item == key ? "DEEP_ARCHIVE" : "STANDARD");
        }

        var destination = $"s3://{ArchiveBucket.Name}?endpoint=http://{server.EndPoint}";
        var listed = Assert.Single(await ListAsync(destination));
        Assert.Equal((BackupStatus.Complete, 100_000L, 0), (listed.Status, listed.Size, listed.Warning.Count));
        var decision = Assert.Single(await Engine().PlanRetentionAsync(new RetentionOptions { WorkingDirectory = _folder.Path, Destination = destination }, _reporter, Token));
        Assert.Contains(decision.Reason, reason => reason.Text.Contains("last good backup", StringComparison.Ordinal));
        Assert.Empty(await Engine().ListMissingAsync(new CopyOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, To = destination }, _reporter, Token));
        Assert.Equal("ObjectArchived", (await Assert.ThrowsAsync<ObjectArchivedException>(() => Engine().TestAsync(Test(listed, VerificationDepth.Quick) with { Destination = destination }, _reporter, Token))).ErrorId);
    }

    private static HttpAnswer Rename(HttpAnswer answer) => answer with
    {
        Body = answer.Body.Replace("GLACIER_IR", "GLACIER", StringComparison.Ordinal),
        Headers = [.. answer.Headers.Select(header => (header.Name, header.Value.Replace("GLACIER_IR", "GLACIER", StringComparison.Ordinal)))],
    };

    private static string[] Shards(string key) => [.. Enumerable.Range(2, 2).Select(shard => key.Replace(".rdb", $".shard{shard}.rdb", StringComparison.Ordinal))];

    private static BackupEngine Engine() => new(new FakeEnvironment { ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "a-secret-of-the-test", ["MONGODB_URI"] = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100" }, TimeProvider.System);

    private VerificationOptions Test(BackupInfo backup, VerificationDepth depth) => new() { WorkingDirectory = _folder.Path, Destination = Archive, Backup = backup, Depth = depth };

    private RestoreOptions Restore(BackupInfo backup) => new() { WorkingDirectory = _folder.Path, Destination = Archive, Backup = backup };

    private ThawOptions Options(BackupInfo backup, ThawTier tier = ThawTier.Standard, int days = 7) =>
        new() { WorkingDirectory = _folder.Path, Destination = Archive, Backup = backup, Operation = RunOperation.Restore, Tier = tier, Days = days };

    // In the folder, and the same in the bucket.
    private async Task<string> PutAsync(string storageClass, BackupSource kind = BackupSource.MongoDB, int shards = 1, double days = 1)
    {
        var key = await CopySample.PutAsync(Folder, CopySample.Ago(days), kind, shards);
        foreach (var item in (await CopySample.KeysAsync(Folder)).Where(item => !_bucket.Keys.Contains(item)))
        {
            _bucket.Put(item, await CopySample.ReadAsync(Folder, item), item == key ? storageClass : "STANDARD");
        }

        return key;
    }

    private async Task<List<BackupInfo>> ListAsync(string? destination = null, params string[] keys)
    {
        var backups = new List<BackupInfo>();
        await foreach (var backup in Engine().ListAsync(new BackupQuery { WorkingDirectory = _folder.Path, Destination = destination ?? Archive, Key = keys }, _reporter, Token))
        {
            backups.Add(backup);
        }

        return backups;
    }
}
