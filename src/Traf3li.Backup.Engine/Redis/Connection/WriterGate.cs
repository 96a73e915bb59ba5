namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// Keeps a pipeline's caller and its timer from writing at the same time. The caller waits for the timer, which is quick; the timer passes when the
/// caller is within a command.
/// </summary>
internal sealed class WriterGate
{
    private int _isTaken;
    private bool _isCallers;

    /// <summary>The caller enters; again does nothing.</summary>
    public void Enter()
    {
        if (!_isCallers)
        {
            var wait = default(SpinWait);
            while (!TryEnter())
            {
                wait.SpinOnce();
            }

            _isCallers = true;
        }
    }

    /// <summary>The caller leaves.</summary>
    public void Leave()
    {
        _isCallers = false;
        Exit();
    }

    /// <summary>The timer enters, if nobody is there; it ends with <see cref="Exit" />.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0;

    /// <summary>The timer leaves.</summary>
    public void Exit() => Volatile.Write(ref _isTaken, 0);
}
