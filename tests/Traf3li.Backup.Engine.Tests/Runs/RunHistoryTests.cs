using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Runs;

public sealed class RunHistoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();
    private readonly FileSystemStore _store;
    private readonly RunHistory _history;

    public RunHistoryTests()
    {
        _store = new FileSystemStore(_folder.Path, TimeProvider.System);
        _history = new RunHistory(_store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_come_newest_first_over_years_and_from_clocks_that_run_ahead()
    {
        await WriteAsync(Records.Ago(800), Records.Ago(40), Records.Ago(1), Records.Ago(-60), Records.Ago(0));

        Assert.Equal([-60, 0, 1, 40, 800], (await ListAsync(Query)).Select(Age));
    }

    [Fact]
    public async Task A_query_is_satisfied_from_the_names()
    {
        await WriteAsync(
            Records.Ago(1), Records.Ago(2, RunOperation.Restore), Records.Ago(3, outcome: RunOutcome.Failed), Records.Ago(4) with { Source = BackupSource.Redis, Type = null },
            Records.Ago(5) with { Environment = "staging" }, Records.Ago(6) with { Type = BackupType.Weekly });

        Assert.Equal([2], (await ListAsync(Query with { Operation = [RunOperation.Restore] })).Select(Age));
        Assert.Equal([3], (await ListAsync(Query with { Outcome = [RunOutcome.Failed] })).Select(Age));
        Assert.Equal([4], (await ListAsync(Query with { Source = BackupSource.Redis })).Select(Age));
        Assert.Equal([5], (await ListAsync(Query with { Environment = "staging" })).Select(Age));
        Assert.Equal([6], (await ListAsync(Query with { Type = [BackupType.Weekly] })).Select(Age));
        Assert.Equal([1, 2], (await ListAsync(Query with { Latest = 2 })).Select(Age));
        Assert.Equal([3, 4], (await ListAsync(Query with { Before = Records.Now.AddDays(-2), After = Records.Now.AddDays(-4) })).Select(Age));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"operation":"Backup"}""")]
    public async Task A_damaged_record_is_left_out_with_a_warning(string text)
    {
        await WriteAsync(Records.Ago(1), Records.Ago(2));
        var damaged = RunKey.Of(Records.Ago(2)).ToString();
        var path = Directory.GetFiles(_folder.Path, "2026-11-21*", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(path, text, Token);

        Assert.Equal([1], (await ListAsync(Query)).Select(Age));
        Assert.Contains(damaged[..40], Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_old_is_cleared_but_restores_and_removals_stay_three_times_as_long()
    {
        await WriteAsync(Records.Ago(399), Records.Ago(401), Records.Ago(1199, RunOperation.Restore), Records.Ago(1201, RunOperation.Removal), Records.Ago(500, RunOperation.Test));

        Assert.Equal(3, await _history.ClearAsync(400, Records.Now, Token));

        Assert.Equal([399, 1199], (await ListAsync(Query)).Select(Age));
    }

    [Fact]
    public async Task A_history_that_is_kept_for_ever_is_never_cleared()
    {
        await WriteAsync(Records.Ago(1201), Records.Ago(1201, RunOperation.Removal));

        Assert.Equal(0, await _history.ClearAsync(int.MaxValue, Records.Now, Token));
    }

    [Fact]
    public async Task The_newest_of_many_slices_are_found_without_reading_the_others()
    {
        // A run every 15 minutes; the files hold nothing, so that any that is read warns.
        foreach (var month in Enumerable.Range(0, 3))
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, RunKey.FolderOf(Records.Now.AddMonths(-month)))).FullName;
            for (var run = 0; run < 2880; run++)
            {
                var start = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(-month).AddMinutes(run * 15);
                await File.WriteAllBytesAsync(Path.Combine(folder, Path.GetFileName(RunKey.Of(Records.At(start)).ToString())), [], Token);
            }
        }

        await WriteAsync(Records.At(new DateTime(2026, 12, 1, 1, 0, 0, DateTimeKind.Utc)));

        Assert.Single(await ListAsync(Query with { Latest = 1 }));
        Assert.Empty(_reporter.Warnings);
    }

    public void Dispose() => _folder.Dispose();

    private static HistoryQuery Query => new() { WorkingDirectory = "/" };

    private static int Age(RunRecord record) => (int)Math.Round((Records.Now - record.StartTime).TotalDays);

    private async Task WriteAsync(params RunRecord[] records)
    {
        foreach (var record in records)
        {
            await _history.WriteAsync(record, Token);
        }
    }

    private async Task<List<RunRecord>> ListAsync(HistoryQuery query)
    {
        var found = new List<RunRecord>();
        await foreach (var record in _history.ListAsync(query, _reporter, new StoppedTime(), Token))
        {
            found.Add(record);
        }

        return found;
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(Records.Now, TimeSpan.Zero);
    }
}
