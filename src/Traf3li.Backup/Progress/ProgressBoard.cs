using System.Management.Automation;

namespace Traf3li.Backup.Progress;

/// <summary>
/// The newest state of each piece of running work. Any thread sets; the pipeline thread shows each at most every 100 ms, and ends
/// whatever it has shown.
/// </summary>
internal sealed class ProgressBoard
{
    /// <summary>PowerShell's ids start here, so that they do not meet those of the user's own script.</summary>
    public const int FirstActivityId = 7400;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly Dictionary<int, ProgressUpdate> _pending = [];
    private readonly Dictionary<int, ProgressUpdate> _shown = [];
    private readonly Action<ProgressRecord> _write;
    private readonly TimeProvider _time;
    private long _lastFlush;

    public ProgressBoard(Action<ProgressRecord> write, TimeProvider time)
    {
        _write = write;
        _time = time;
        _lastFlush = time.GetTimestamp() - (long)(Interval.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Takes a state; says whether it is the first one that waits to be shown.</summary>
    public bool Set(ProgressUpdate update)
    {
        lock (_gate)
        {
            _pending[update.Id] = update;
            return _pending.Count == 1;
        }
    }

    /// <summary>How long nothing needs to be shown; infinite when nothing waits.</summary>
    public TimeSpan UntilDue()
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                return Timeout.InfiniteTimeSpan;
            }

            var left = Interval - _time.GetElapsedTime(_lastFlush);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Shows what waits, when its time has come.</summary>
    public void Flush()
    {
        if (UntilDue() != TimeSpan.Zero)
        {
            return;
        }

        foreach (var update in TakePending())
        {
            Write(update);
        }
    }

    /// <summary>Ends everything shown that has not ended itself.</summary>
    public void Finish()
    {
        TakePending();
        foreach (var update in _shown.Values.OrderByDescending(update => update.Id).ToList())
        {
            try
            {
                Write(update with { Completed = true });
            }
            catch (PipelineStoppedException)
            {
                // A stopped pipeline takes its progress down itself.
                _shown.Clear();
            }
        }
    }

    private List<ProgressUpdate> TakePending()
    {
        lock (_gate)
        {
            var taken = _pending.Values.OrderBy(update => update.Id).ToList();
            _pending.Clear();
            _lastFlush = _time.GetTimestamp();
            return taken;
        }
    }

    private void Write(ProgressUpdate update)
    {
        if (update.Completed)
        {
            if (!_shown.Remove(update.Id))
            {
                return;
            }
        }
        else
        {
            _shown[update.Id] = update;
        }

        _write(ToRecord(update));
    }

    private static ProgressRecord ToRecord(ProgressUpdate update) => new(
        FirstActivityId + update.Id,
        update.Activity,
        update.Status.Length == 0 ? " " : update.Status)
    {
        ParentActivityId = update.ParentId < 0 ? -1 : FirstActivityId + update.ParentId,
        PercentComplete = Math.Clamp(update.PercentComplete, -1, 100),
        SecondsRemaining = update.Remaining is { } remaining ? (int)Math.Clamp(remaining.TotalSeconds, 0, int.MaxValue) : -1,
        RecordType = update.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    };
}
