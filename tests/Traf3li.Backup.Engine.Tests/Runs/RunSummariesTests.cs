using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Tests.Runs;

public sealed class RunSummariesTests
{
    [Fact]
    public void Numbers_and_trends_are_those_of_the_good_runs()
    {
        // Older runs take 10 minutes and 1,000 bytes, newer ones 20 minutes and 1,500; the newest failed.
        var summary = Assert.Single(Sum(
            Records.Ago(1, outcome: RunOutcome.Failed, minutes: 1), Records.Ago(2, minutes: 20, size: 1500), Records.Ago(3, minutes: 20, size: 1500), Records.Ago(4, outcome: RunOutcome.Locked, minutes: 0),
            Records.Ago(5), Records.Ago(6, outcome: RunOutcome.Warning)));

        Assert.Equal((6, 1, 1), (summary.RunCount, summary.FailureCount, summary.LockedCount));
        Assert.Equal(RunOutcome.Failed, summary.LastOutcome);
        Assert.Equal(Records.Now.AddDays(-2), summary.LastGood);
        Assert.Equal(Records.Now.AddDays(-6), summary.First);
        Assert.Equal(TimeSpan.FromMinutes(20), summary.LastDuration);
        Assert.Equal(TimeSpan.FromMinutes(15), summary.MedianDuration);
        Assert.Equal(100, summary.DurationChange);
        Assert.Equal(50, summary.SizeChange);
        Assert.Equal(-25, summary.SpeedChange);
    }

    [Fact]
    public void Of_three_runs_nothing_is_said_of_a_change() => Assert.Null(Assert.Single(Sum(Records.Ago(1), Records.Ago(2), Records.Ago(3))).DurationChange);

    [Fact]
    public void Runs_that_failed_before_their_set_was_known_are_of_the_only_one()
    {
        var summary = Assert.Single(Sum(Records.Ago(1, outcome: RunOutcome.Failed), Records.Ago(2) with { Set = "production MongoDB all" }));

        Assert.Equal(("production MongoDB all", 2, 1, RunOutcome.Failed), (summary.Set, summary.RunCount, summary.FailureCount, summary.LastOutcome));
    }

    [Fact]
    public void Of_two_sets_those_without_stay_apart() =>
        Assert.Equal(
            [null, "a", "b"],
            Sum(Records.Ago(1, outcome: RunOutcome.Failed), Records.Ago(2) with { Set = "a" }, Records.Ago(3) with { Set = "b" }).Select(summary => summary.Set));

    [Fact]
    public void Operations_environments_and_types_are_apart() =>
        Assert.Equal(
            4, Sum(Records.Ago(1), Records.Ago(1, RunOperation.Test), Records.Ago(1) with { Environment = "staging" }, Records.Ago(1) with { Type = BackupType.Weekly }).Count);

    private static IReadOnlyList<RunSummary> Sum(params RunRecord[] newestFirst)
    {
        var summaries = new RunSummaries();
        foreach (var record in newestFirst)
        {
            summaries.Add(record);
        }

        return summaries.Complete();
    }
}
