using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Runs;

public sealed class RunFrameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();
    private readonly List<string> _told = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileSystemStore Store => new(_folder.Path, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_good_run_is_told_of_remembered_and_gives_its_lock_back()
    {
        var result = await RunAsync((run, _) =>
        {
            run.Describe(record => record with { Key = ["k"], KeyCount = 1, StoredSize = 10, LogicalSize = 20 });
            return Task.FromResult("done");
        });
        await RunAsync((_, _) => Task.FromResult("again"));

        Assert.Equal("done", result);
        Assert.Equal(["begin", "end Good", "begin", "end Good"], _told);
        var records = await ListAsync();
        Assert.Equal(2, records.Count);
        var record = records[1];
        Assert.Equal((RunOperation.Backup, RunOutcome.Good, 0, 10L, "k"), (record.Operation, record.Outcome, record.ExitCode, record.StoredSize, record.Key[0]));
        Assert.Equal(($"{Environment.UserName}@{Environment.MachineName}", _folder.Path, "production"), (record.User, record.Destination, record.Environment));
        Assert.Empty(_reporter.Warnings);
    }

    [Fact]
    public async Task A_failure_keeps_its_error_and_no_secret()
    {
        await Assert.ThrowsAsync<StoreFailedException>(() => RunAsync((_, _) => throw new StoreFailedException("Read", "mongodb://u:topsecret@host/db", "no luck")));

        var record = Assert.Single(await ListAsync());
        Assert.Equal((RunOutcome.Failed, 1, "StoreFailed"), (record.Outcome, record.ExitCode, record.ErrorId));
        Assert.Contains("no luck", record.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", record.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_and_nothing_to_do_have_codes_of_their_own()
    {
        await RunAsync((run, _) =>
        {
            run.Reporter.Warning("mind this");
            return Task.FromResult("");
        });
        await RunAsync((run, _) =>
        {
            run.HasNothingToDo = true;
            return Task.FromResult("");
        });

        Assert.Equal([3, 2], (await ListAsync()).Select(record => record.ExitCode));
    }

    [Fact]
    public async Task One_that_is_locked_out_is_remembered_and_does_not_begin()
    {
        await RunAsync(async (_, _) =>
        {
            await Assert.ThrowsAsync<BackupLockedException>(() => RunAsync((_, _) => Task.FromResult("never")));
            return "";
        });

        Assert.Equal(["begin", "end Locked", "end Good"], _told);
        var locked = Assert.Single(await ListAsync(), record => record.Outcome == RunOutcome.Locked);
        Assert.Equal((3, "BackupLocked"), (locked.ExitCode, locked.ErrorId));
    }

    [Fact]
    public async Task One_that_is_stopped_is_remembered_and_gives_its_lock_back()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            async (_, token) =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return "";
            },
            stop.Token));

        Assert.Equal(RunOutcome.Cancelled, Assert.Single(await ListAsync()).Outcome);
        await RunAsync((_, _) => Task.FromResult(""));
    }

    [Fact]
    public async Task One_that_loses_its_lock_fails_before_what_cannot_be_taken_back()
    {
        var isWritten = false;
        await Assert.ThrowsAsync<BackupLockLostException>(() => RunAsync(async (run, token) =>
        {
            File.SetLastWriteTimeUtc(Path.Join(_folder.Path, LockObject.Folder, "mongodb-production.json"), DateTime.UtcNow.AddMinutes(-5));
            await using var thief = await new LockTaking(Store, new LockOptions(), new RecordingReporter(), TimeProvider.System).TakeAsync("mongodb-production", "Backup", TimeSpan.Zero, Token);
            await run.ConfirmLockAsync(token);
            isWritten = true;
            return "";
        }));

        Assert.False(isWritten);
        Assert.Equal("BackupLockLost", Assert.Single(await ListAsync()).ErrorId);
    }

    [Fact]
    public async Task A_history_that_cannot_be_written_is_a_warning()
    {
        Directory.CreateDirectory(Path.Join(_folder.Path, "backups"));
        await File.WriteAllTextAsync(Path.Join(_folder.Path, "backups", ".history"), "in the way", Token);

        Assert.Equal("done", await RunAsync((_, _) => Task.FromResult("done")));

        Assert.Contains("could not be written into the history", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_record_is_a_warning_and_the_others_are_listed()
    {
        await RunAsync((_, _) => Task.FromResult(""));
        var month = Path.Join(_folder.Path, RunKey.FolderOf(DateTime.UtcNow));
        await File.WriteAllTextAsync(Path.Join(month, $"{DateTime.UtcNow:yyyy-MM}-01T00-00-00-000Z-backup-none-none-good-00000000.json"), "{\"id\":null}", Token);
        await File.WriteAllTextAsync(Path.Join(month, "readme.txt"), "hello", Token);

        Assert.Single(await ListAsync());

        Assert.Contains("is damaged", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
    }

    private async Task<List<RunRecord>> ListAsync()
    {
        var records = new List<RunRecord>();
        await foreach (var record in new RunHistory(Store).ListAsync(new HistoryQuery { WorkingDirectory = "/" }, _reporter, TimeProvider.System, Token))
        {
            records.Add(record);
        }

        return records;
    }

    private Task<string> RunAsync(Func<Run, CancellationToken, Task<string>> work, CancellationToken? token = null)
    {
        var options = new BackupOptions { WorkingDirectory = "/", Destination = _folder.Path };
        var settings = SettingsResolver.Resolve(options, new ProcessEnvironment());
        var request = new RunRequest
        {
            Operation = RunOperation.Backup,
            Source = BackupSource.MongoDB,
            Environment = "production",
            LockName = RunRequest.LockOf(BackupSource.MongoDB, "production"),
            OpenStore = (_, _) => Task.FromResult<IObjectStore?>(Store),
        };
        return new RunFrame(options, settings, new LockOptions(), _reporter, TimeProvider.System, _ => [new Observer(_told)])
            .RunAsync(request, work, static (result, _) => result, token ?? Token);
    }

    private sealed class Observer(List<string> told) : IRunObserver
    {
        public Task OnBeginAsync(RunRecord begun, CancellationToken cancellationToken)
        {
            told.Add("begin");
            return Task.CompletedTask;
        }

        public Task<RunAddition> OnEndAsync(RunRecord record, CancellationToken cancellationToken)
        {
            told.Add($"end {record.Outcome}");
            return Task.FromResult(RunAddition.None);
        }
    }
}
