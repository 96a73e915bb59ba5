using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Progress;

public sealed class OperationProgressTests
{
    [Fact]
    public void Tells_the_whole_and_the_part_with_rate_and_time_left()
    {
        var reporter = new RecordingReporter();
        var time = new StepClock();
        using (var progress = new OperationProgress(reporter, time, "Backing up", totalBytes: 4 << 20))
        {
            using var part = progress.Begin("shop.orders", totalBytes: 2 << 20);
            time.Advance(TimeSpan.FromSeconds(1));
            part.Add(1000, 1 << 20);
        }

        var whole = reporter.Updates.First(update => update is { Id: 0, Completed: false });
        Assert.Equal("1,000 documents, 1.0 MB of about 4.0 MB, 1.0 MB/s", whole.Status);
        Assert.Equal(25, whole.PercentComplete);
        Assert.Equal(TimeSpan.FromSeconds(3), whole.Remaining);
        var child = reporter.Updates.First(update => update is { Id: 1, Completed: false });
        Assert.Equal((0, "shop.orders", 50), (child.ParentId, child.Activity, child.PercentComplete));
        Assert.Equal(2, reporter.Updates.Count(update => update.Completed));
    }

    [Fact]
    public void Without_a_total_it_pretends_none()
    {
        var reporter = new RecordingReporter();
        var time = new StepClock();
        using var progress = new OperationProgress(reporter, time, "Backing up", totalBytes: null);
        using var part = progress.Begin("shop.orders", totalBytes: 0);
        time.Advance(TimeSpan.FromSeconds(1));
        part.Add(1, 100);

        Assert.All(reporter.Updates, update => Assert.Equal(-1, update.PercentComplete));
        Assert.All(reporter.Updates, update => Assert.Null(update.Remaining));
    }

    [Fact]
    public void Ids_of_ended_parts_are_used_again()
    {
        var reporter = new RecordingReporter();
        using var progress = new OperationProgress(reporter, new StepClock(), "Backing up", totalBytes: null);
        for (var number = 0; number < 100; number++)
        {
            progress.Begin($"c{number}", totalBytes: null).Dispose();
        }

        Assert.All(reporter.Updates, update => Assert.InRange(update.Id, 0, 1));
    }

    private sealed class StepClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan step) => _ticks += step.Ticks;
    }
}
