using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Copies;

/// <summary>What follows a backup where a second destination is set.</summary>
public sealed class CopyObserverTests : IDisposable
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

    [Theory]
    [InlineData(RunOutcome.Good)]
    [InlineData(RunOutcome.Warning)]
    public async Task A_backup_that_was_taken_is_copied(RunOutcome outcome)
    {
        var key = await CopySample.PutAsync(First, CopySample.Ago(0));

        var addition = await EndAsync(Run(key) with { Outcome = outcome }, _second.Path, _reporter, Token);

        Assert.Equal((key, CopyStatus.Copied), Assert.Single(addition.Copy) is var copy ? (copy.Key, copy.Status) : default);
        Assert.Empty(addition.Warning);
        await new CopySample(First, Second).RequireSameAsync(key);
    }

    [Fact]
    public async Task Nothing_else_is()
    {
        var key = await CopySample.PutAsync(First, CopySample.Ago(0));
        RunRecord[] others =
        [
            Run(key) with { Outcome = RunOutcome.Failed }, Run(key) with { Outcome = RunOutcome.Cancelled }, Run(key) with { Operation = RunOperation.Restore },
            Run(key) with { Operation = RunOperation.Copy }, Run(key) with { Key = [] },
        ];

        Assert.All(await Task.WhenAll(others.Select(run => EndAsync(run, _second.Path, _reporter, Token))), addition => Assert.Same(RunAddition.None, addition));
        Assert.Same(RunAddition.None, await EndAsync(Run(key), "", _reporter, Token));
        Assert.Empty(await CopySample.KeysAsync(Second));
    }

    [Fact]
    public async Task A_copy_that_fails_is_a_warning_that_says_how_to_make_up_for_it()
    {
        var key = await CopySample.PutAsync(First, CopySample.Ago(0));
        var file = Path.Join(_second.Path, "file");
        await File.WriteAllTextAsync(file, "", Token);

        var addition = await EndAsync(Run(key), file, _reporter, Token);

        var copy = Assert.Single(addition.Copy);
        Assert.Equal((key, CopyStatus.Failed, file), (copy.Key, copy.Status, copy.Destination));
        Assert.NotNull(copy.ErrorId);
        Assert.Contains("The backup is good", Assert.Single(addition.Warning), StringComparison.Ordinal);
        Assert.Contains("Copy-Traf3liBackup -Missing", addition.Warning[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_stops_the_run_does_not_wait_for_the_copy()
    {
        var key = await CopySample.PutAsync(First, CopySample.Ago(0), size: 30_000_000);
        using var stop = new CancellationTokenSource();

        // The end of the run has a limit of its own, which is not signalled here.
        var addition = await EndAsync(Run(key), _second.Path, new ActWhen(update => update.PercentComplete > 0, stop.Cancel), Token, stop.Token);

        Assert.True(stop.IsCancellationRequested, "The copy reported nothing.");
        Assert.Equal(CopyStatus.Failed, Assert.Single(addition.Copy).Status);
        Assert.Contains("was stopped", Assert.Single(addition.Warning), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_second.Path, "*", SearchOption.AllDirectories));
    }

    private static RunRecord Run(string key) => new()
    {
        Id = "1",
        Operation = RunOperation.Backup,
        Outcome = RunOutcome.Good,
        Source = BackupSource.MongoDB,
        Environment = "production",
        Key = [key],
        KeyCount = 1,
        StartTime = CopySample.Ago(0),
        EndTime = CopySample.Ago(0),
        User = "backup@host",
        ModuleVersion = "1.0.0",
        Destination = "here",
    };

    private async Task<RunAddition> EndAsync(RunRecord record, string second, IEngineReporter reporter, CancellationToken end, CancellationToken stopped = default)
    {
        var environment = new FakeEnvironment { ["BACKUP_DESTINATION"] = _first.Path, ["BACKUP_COPY_DESTINATION"] = second };
        var options = new BackupOptions { WorkingDirectory = _first.Path };
        var settings = SettingsResolver.Resolve(options, environment);
        var observer = new CopyObserver(new RunContext(options, settings, First, reporter, new BusyClock(), stopped));
        await observer.OnBeginAsync(record, end);
        return await observer.OnEndAsync(record, end);
    }
}
