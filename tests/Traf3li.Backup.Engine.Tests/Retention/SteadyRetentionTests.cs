using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Engine.Tests.Runs;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Retention;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Retention that runs again and again, and remembers in the history when it ran last.</summary>
public sealed class SteadyRetentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RetentionOptions Options => new() { WorkingDirectory = _folder.Path, Destination = _folder.Path, KeepDaily = 1, KeepWeekly = 0, KeepMonthly = 0, KeepYearly = 0 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_would_be_too_much_at_once_is_no_more_than_what_was_added()
    {
        var sample = new StoreSample(new FileSystemStore(_folder.Path, TimeProvider.System));
        var old = new List<string>();
        for (var day = 4; day > 0; day--)
        {
            old.Add(await sample.PutAsync(StoreSample.Ago(day)));
        }

        // Nothing is remembered yet.
        Assert.Empty(await RemoveAsync());
        Assert.Contains(_reporter.Warnings, warning => warning.Contains("-Force", StringComparison.Ordinal));

        // Clocks may differ by less than an hour, so these count as taken since then, and they are of one day.
        await sample.PutAsync(StoreSample.Ago(-0.01));
        await sample.PutAsync(StoreSample.Ago(-0.01001));
        var planned = await Engine().PlanRetentionAsync(Options, _reporter, Token);
        var removed = await RemoveAsync();

        Assert.Equal(old[^2..], removed.Order(StringComparer.Ordinal));
        Assert.Equal(planned.Where(item => item.Decision == RetentionAction.Remove).Select(item => item.Key).Order(StringComparer.Ordinal), removed.Order(StringComparer.Ordinal));
        Assert.Contains(planned, item => item.Reason.Any(reason => reason.Text.Contains("of which only 2 go, as many as were taken since the last run", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_test_found_bad_lets_no_good_one_go()
    {
        var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        var sample = new StoreSample(store);
        var history = new RunHistory(store);
        string[] keys = [await sample.PutAsync(StoreSample.Ago(4)), await sample.PutAsync(StoreSample.Ago(3)), await sample.PutAsync(StoreSample.Ago(2)), await sample.PutAsync(StoreSample.Ago(1))];
        await RememberAsync(keys[3], 2, RunOutcome.Failed, "VerificationFailed");
        await RememberAsync(keys[3], 1, RunOutcome.Good, null, VerificationDepth.Quick);
        // It was tested again and found good, or not tested at all.
        await RememberAsync(keys[2], 2, RunOutcome.Failed, "VerificationFailed");
        await RememberAsync(keys[2], 1, RunOutcome.Warning, null);
        await RememberAsync(keys[1], 2, RunOutcome.Failed, "StoreUnreachable");

        var plan = await Engine().PlanRetentionAsync(Options with { Force = true }, _reporter, Token);

        Assert.Equal([keys[2], keys[3]], plan.Where(item => item.Decision == RetentionAction.Keep).Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.Empty(_reporter.Warnings);
        Assert.Contains("failed", plan[0].Reason[0].Text, StringComparison.Ordinal);
        Assert.Contains(plan[1].Reason, reason => reason.Text == "the last good backup of this set");

        Task RememberAsync(string key, double days, RunOutcome outcome, string? error, VerificationDepth depth = VerificationDepth.Full) =>
            history.WriteAsync(Records.At(StoreSample.Ago(days).Date, RunOperation.Test, outcome) with { Key = [key], KeyCount = 1, ErrorId = error, Depth = depth }, Token);
    }

    private static BackupEngine Engine() => new(new FakeEnvironment(), TimeProvider.System);

    private async Task<List<string>> RemoveAsync()
    {
        var removed = new List<string>();
        await foreach (var item in Engine().RemoveExpiredAsync(Options, _reporter, Token))
        {
            removed.Add(item.Key);
        }

        return removed;
    }
}
