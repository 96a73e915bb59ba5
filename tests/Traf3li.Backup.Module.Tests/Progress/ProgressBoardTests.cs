using System.Management.Automation;
using Traf3li.Backup.Progress;

namespace Traf3li.Backup.Module.Tests.Progress;

public sealed class ProgressBoardTests
{
    private readonly List<ProgressRecord> _written = [];
    private readonly SteppedTime _time = new();
    private readonly ProgressBoard _board;

    public ProgressBoardTests() => _board = new ProgressBoard(_written.Add, _time);

    [Fact]
    public void Shows_the_newest_state_at_most_every_tenth_of_a_second()
    {
        for (var percent = 1; percent <= 50; percent++)
        {
            _board.Set(Update(0, percent));
            _board.Flush();
            _time.Step(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal([1, 11, 21, 31, 41], _written.Select(record => record.PercentComplete));
        Assert.True(_board.UntilDue() <= TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Ends_what_it_has_shown_children_first()
    {
        _board.Set(Update(0, 1));
        _board.Set(Update(1, 1) with { ParentId = 0 });
        _board.Flush();
        _written.Clear();
        _board.Finish();
        Assert.Equal([ProgressBoard.FirstActivityId + 1, ProgressBoard.FirstActivityId], _written.Select(record => record.ActivityId));
        Assert.All(_written, record => Assert.Equal(ProgressRecordType.Completed, record.RecordType));
    }

    [Fact]
    public void What_was_never_shown_is_not_ended()
    {
        _board.Set(Update(3, 100) with { Completed = true });
        _board.Flush();
        _board.Finish();
        Assert.Empty(_written);
    }

    private static ProgressUpdate Update(int id, int percent) => new() { Id = id, Activity = "Backing up", PercentComplete = percent };

    private sealed class SteppedTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Step(TimeSpan span) => _now += span.Ticks;
    }
}
