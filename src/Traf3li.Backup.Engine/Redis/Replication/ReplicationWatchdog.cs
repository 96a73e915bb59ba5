namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>
/// Ends the reads of a synchronisation when a limit runs out. One timer looks after all reads, since they are too many for a timer each; it
/// is late by a second at most, or by a quarter of the shortest limit.
/// </summary>
internal sealed class ReplicationWatchdog : IDisposable
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _source = new();
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly ITimer _timer;
    private long _waitingSince;
    private long _preparingSince;
    private int _expired;

    public ReplicationWatchdog(ReplicationOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _begun = time.GetTimestamp();
        var shortest = new[] { options.OverallTimeout, options.IdleTimeout, options.ForkTimeout }.Min() / 4;
        var period = shortest > LongestPeriod ? LongestPeriod : shortest < ShortestPeriod ? ShortestPeriod : shortest;
        _timer = time.CreateTimer(static watchdog => ((ReplicationWatchdog)watchdog!).Check(), this, period, period);
    }

    /// <summary>Cancelled when a limit ran out, or by <see cref="Cancel" />.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The limit that ran out.</summary>
    public ReplicationLimit Expired => (ReplicationLimit)Volatile.Read(ref _expired);

    /// <summary>How long it has been going on.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_begun);

    /// <summary>A read begins. Only while one is pending can the server be idle.</summary>
    public void BeginWait() => Volatile.Write(ref _waitingSince, _time.GetTimestamp());

    /// <summary>A read brought something.</summary>
    public void EndWait() => Volatile.Write(ref _waitingSince, 0);

    /// <summary>The server begins to prepare.</summary>
    public void BeginPreparation() => Volatile.Write(ref _preparingSince, _time.GetTimestamp());

    /// <summary>The RDB begins.</summary>
    public void EndPreparation() => Volatile.Write(ref _preparingSince, 0);

    /// <summary>Ends pending reads because nobody wants them any more.</summary>
    public void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The timer may run once more behind the end.
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private void Check()
    {
        var limit = IsOver(_begun, _options.OverallTimeout) ? ReplicationLimit.Overall
            : IsOver(Volatile.Read(ref _waitingSince), _options.IdleTimeout) ? ReplicationLimit.Idle
            : IsOver(Volatile.Read(ref _preparingSince), _options.ForkTimeout) ? ReplicationLimit.Fork
            : ReplicationLimit.None;
        if (limit != ReplicationLimit.None)
        {
            Interlocked.CompareExchange(ref _expired, (int)limit, (int)ReplicationLimit.None);
            Cancel();
        }
    }

    private bool IsOver(long since, TimeSpan limit) => since != 0 && _time.GetElapsedTime(since) > limit;
}
