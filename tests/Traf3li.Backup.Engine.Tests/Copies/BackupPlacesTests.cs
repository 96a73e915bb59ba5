using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Copies;

/// <summary>Several destinations: which of them a backup is read from, and what is said of it.</summary>
public sealed class BackupPlacesTests : IDisposable
{
    private readonly TemporaryFolder _first = new();
    private readonly TemporaryFolder _second = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileSystemStore First => new(_first.Path, TimeProvider.System);

    private FileSystemStore Second => new(_second.Path, TimeProvider.System);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task The_first_is_listed_where_it_has_anything()
    {
        var key = await BothAsync();

        Assert.Equal((key, _first.Path), await ListAsync(Query(_first.Path, _second.Path)) is [var one] ? (one.Key, one.Destination) : default);
        Assert.Empty(_reporter.Warnings);
    }

    [Fact]
    public async Task The_second_is_listed_where_the_first_lacks_it_and_that_is_said()
    {
        var key = await CopySample.PutAsync(Second, CopySample.Ago(1));

        Assert.Equal((key, _second.Path), await ListAsync(Query(_first.Path, _second.Path)) is [var one] ? (one.Key, one.Destination) : default);
        var warning = Assert.Single(_reporter.Warnings);
        Assert.Contains(_first.Path, warning, StringComparison.Ordinal);
        Assert.Contains($"What is listed is in {_second.Path}.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_first_does_not_answer_the_second_is_listed()
    {
        var key = await CopySample.PutAsync(Second, CopySample.Ago(1));

        Assert.Equal(key, Assert.Single(await ListAsync(Query(Path.Join(_first.Path, "gone"), _second.Path))).Key);
        Assert.Single(_reporter.Warnings);
    }

    [Fact]
    public async Task Second_copies_stand_in_only_where_that_is_asked_for()
    {
        await CopySample.PutAsync(Second, CopySample.Ago(1));
        var query = new BackupQuery { WorkingDirectory = _first.Path };

        Assert.Empty(await ListAsync(query));
        Assert.Equal(_second.Path, Assert.Single(await ListAsync(query with { FallsBackToCopies = true })).Destination);
        Assert.Empty(await ListAsync(query with { FallsBackToCopies = true, Destination = Path.Join(_first.Path, "else") }, mayFail: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_damaged_in_the_first_is_read_from_the_second(bool isManifest)
    {
        var key = await BothAsync();
        var listed = Assert.Single(await ListAsync(Query(_first.Path)));
        await CopySample.PutObjectAsync(First, isManifest ? BackupKey.ManifestOf(key) : key, [1, 2, 3]);

        await using var found = await Places().FindAsync(listed, null, mustBeWhole: true, Token);

        Assert.Equal((_second.Path, _second.Path, 0), (found.Store!.DisplayName, found.Backup.Destination, found.Others.Count));
        Assert.NotNull(found.Backup.Manifest);
        Assert.Contains($"{key} is read from {_second.Path}.", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
        await using var tested = await Places().FindAsync(listed, null, mustBeWhole: false, Token);
        Assert.Equal(_first.Path, tested.Store!.DisplayName);
    }

    [Fact]
    public async Task What_was_listed_in_the_second_is_read_there_first()
    {
        await BothAsync();
        var listed = Assert.Single(await ListAsync(Query(_second.Path)));

        await using var found = await Places().FindAsync(listed, null, mustBeWhole: true, Token);

        Assert.Equal(_second.Path, found.Store!.DisplayName);
        Assert.Equal(_first.Path, Assert.Single(found.Others));
        Assert.Empty(_reporter.Warnings);
    }

    [Fact]
    public async Task Another_backup_of_that_key_is_not_taken_for_it()
    {
        var time = CopySample.Ago(1);
        await CopySample.PutAsync(First, time);
        await CopySample.PutAsync(Second, time);
        var listed = Assert.Single(await ListAsync(Query(_first.Path)));
        await First.DeleteAsync(listed.Key, Token);

        var error = await Assert.ThrowsAsync<BackupNotFoundException>(() => Places().FindAsync(listed, null, mustBeWhole: true, Token));

        Assert.Contains("not that of the backup which was listed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_has_it_one_error_names_both()
    {
        var key = await BothAsync();
        var listed = Assert.Single(await ListAsync(Query(_first.Path)));
        await First.DeleteAsync(key, Token);
        await Second.DeleteAsync(key, Token);

        var error = await Assert.ThrowsAsync<BackupNotFoundException>(() => Places().FindAsync(listed, null, mustBeWhole: true, Token));

        Assert.Contains(_first.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(_second.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_writes_goes_to_the_first_that_can_be_written()
    {
        await using var store = await Places().OpenWritableAsync(Token);
        Assert.Equal(_first.Path, store.DisplayName);
        Assert.Empty(_reporter.Warnings);
        Directory.Delete(_first.Path, recursive: true);
        await File.WriteAllTextAsync(_first.Path, "no folder", Token);
        try
        {
            await using var other = await Places().OpenWritableAsync(Token);
            Assert.Equal(_second.Path, other.DisplayName);
            Assert.Contains($"What this run writes goes to {_second.Path}.", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_first.Path);
            Directory.CreateDirectory(_first.Path);
        }
    }

    [Fact]
    public async Task Damage_that_is_found_later_names_the_other_copy()
    {
        var place = new PlacedBackup(new BackupInfo { Key = "k" }, First, IsOwn: false, [_second.Path]);

        var error = await Assert.ThrowsAsync<ChecksumMismatchException>(() => place.ReadAsync<int>(_ => throw new ChecksumMismatchException("k", "a", "b")));

        Assert.Contains(_second.Path, error.Recommendation, StringComparison.Ordinal);
        var unrelated = await Assert.ThrowsAsync<BackupLockedException>(() => place.ReadAsync<int>(_ => throw new BackupLockedException("l", "h", "Backup", default, default)));
        Assert.DoesNotContain(_second.Path, unrelated.Recommendation, StringComparison.Ordinal);
    }

    private BackupQuery Query(string destination, params string[] further) => new() { WorkingDirectory = _first.Path, Destination = destination, Fallback = further };

    private BackupPlaces Places() => new([Settings(_first.Path), Settings(_second.Path)], _reporter, TimeProvider.System);

    private EngineSettings Settings(string destination) => SettingsResolver.Resolve(Query(destination), new CopiesInSecond(_first.Path, _second.Path));

    private async Task<string> BothAsync()
    {
        var sample = new CopySample(First, Second);
        var key = await sample.PutAsync(CopySample.Ago(1));
        Assert.Equal(CopyStatus.Copied, (await sample.CopyOneAsync(key)).Status);
        return key;
    }

    private async Task<List<BackupInfo>> ListAsync(BackupQuery query, bool mayFail = false)
    {
        var engine = new BackupEngine(new CopiesInSecond(_first.Path, _second.Path), TimeProvider.System);
        var backups = new List<BackupInfo>();
        try
        {
            await foreach (var backup in engine.ListAsync(query, _reporter, Token))
            {
                backups.Add(backup);
            }
        }
        catch (BackupException) when (mayFail)
        {
            // A folder that is not there.
        }

        return backups;
    }

    private sealed class CopiesInSecond(string first, string second) : IEnvironment
    {
        public string? Get(string name) => name switch
        {
            "BACKUP_DESTINATION" => first,
            "BACKUP_COPY_DESTINATION" => second,
            _ => null,
        };
    }
}
