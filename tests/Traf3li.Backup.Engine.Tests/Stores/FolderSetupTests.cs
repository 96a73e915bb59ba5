using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Stores;

/// <summary>Folders are made for backups and tried.</summary>
public sealed class FolderSetupTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StorePreparation Wanted => new(null, 30, 90, 30, IsPlan: false);

    private string Folder => Path.Combine(_folder.Path, "new", "backups");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_folder_is_its_owners_alone_and_found_so_again()
    {
        var plan = await PrepareAsync(Wanted with { IsPlan = true });
        Assert.False(Directory.Exists(Folder));
        var steps = await PrepareAsync(Wanted);

        Assert.Equal(("Folder", StoreStepStatus.WouldDo), (plan[0].Name, plan[0].Status));
        Assert.Equal(("Folder", StoreStepStatus.Done), (steps[0].Name, steps[0].Status));
        Assert.Equal(["Folder", "File system", "Writing", "Locks"], steps.Select(step => step.Name));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(Folder));
        }

        Assert.Empty(await new FileSystemStore(Folder, TimeProvider.System).ListAsync("", Token).ToListAsync(Token));
        Assert.All((await PrepareAsync(Wanted)).Where(step => step.Name != "File system"), step => Assert.Equal((step.Name, StoreStepStatus.AlreadySo), (step.Name, step.Status)));
    }

    [Fact]
    public async Task Others_are_shut_out_and_the_group_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has access lists instead.");
            return;
        }

        const UnixFileMode Shared = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, Shared | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

        Assert.Equal(StoreStepStatus.WouldDo, (await PrepareAsync(Wanted with { IsPlan = true })).Single(step => step.Name == "Permissions").Status);
        Assert.Equal(StoreStepStatus.Done, (await PrepareAsync(Wanted)).Single(step => step.Name == "Permissions").Status);

        Assert.Equal(Shared, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public async Task A_file_in_its_place_is_an_error_already_in_the_plan()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        await File.WriteAllTextAsync(Folder, "x", Token);

        await Assert.ThrowsAsync<StoreFailedException>(() => PrepareAsync(Wanted with { IsPlan = true }));
        await Assert.ThrowsAsync<StoreFailedException>(() => PrepareAsync(Wanted));
    }

    [Fact]
    public async Task Object_Lock_is_not_to_be_had_and_nothing_is_done()
    {
        var engine = new BackupEngine(new FakeEnvironment(), TimeProvider.System);
        var options = new InitializationOptions { WorkingDirectory = _folder.Path, Destination = Folder, ObjectLock = ObjectLockMode.Compliance };

        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => engine.PlanStoreAsync(options, new RecordingReporter(), Token));
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => engine.InitializeStoreAsync(options, new RecordingReporter(), Token));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task What_was_done_is_in_the_history_and_a_plan_is_not()
    {
        var engine = new BackupEngine(new FakeEnvironment(), TimeProvider.System);
        var options = new InitializationOptions { WorkingDirectory = _folder.Path, Destination = Folder };
        await engine.PlanStoreAsync(options, new RecordingReporter(), Token);
        await engine.InitializeStoreAsync(options, new RecordingReporter(), Token);
        await engine.InitializeStoreAsync(options, new RecordingReporter(), Token);

        var query = new HistoryQuery { WorkingDirectory = _folder.Path, Destination = Folder };
        var records = await engine.ListHistoryAsync(query, new RecordingReporter(), Token).ToListAsync(Token);
        Assert.Equal([RunOutcome.NothingToDo, RunOutcome.Good], records.Select(record => record.Outcome));
        Assert.All(records, record => Assert.Equal((RunOperation.Initialization, Folder), (record.Operation, record.Destination)));
    }

    [Theory]
    [InlineData("ext4", 500L << 30, null)]
    [InlineData("tmpfs", 500L << 30, "in memory")]
    [InlineData("FAT32", 500L << 30, "4 GB")]
    [InlineData("exfat", 500L << 30, "power cut")]
    [InlineData("NTFS", 500L << 20, "hardly any room")]
    public void A_file_system_that_is_no_good_place_is_named(string kind, long free, string? reason)
    {
        var facts = new FolderFacts { FreeSpace = Fact.Of(free), TotalSpace = Fact.Of(1L << 40), FileSystem = Fact.Of(kind), Permissions = Fact.Of(OwnerOnly) };

        var found = FileSystems.FindObstacle(facts);

        Assert.True(reason is null ? found is null : found?.Contains(reason, StringComparison.Ordinal), found);
    }

    private Task<IReadOnlyList<StoreStep>> PrepareAsync(StorePreparation wanted) => new FileSystemStore(Folder, TimeProvider.System).PrepareAsync(wanted, Token);
}
