namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Passes reports on as details until it is disposed of. What is wrong is told by the checks, and not as warnings beside them.</summary>
internal sealed class ProbeReporter(IEngineReporter inner) : IEngineReporter, IDisposable
{
    private readonly object _gate = new();
    private bool _isClosed;

    /// <inheritdoc />
    public void Verbose(string message)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                inner.Verbose(message);
            }
        }
    }

    /// <inheritdoc />
    public void Warning(string message) => Verbose(message);

    /// <inheritdoc />
    public void Progress(ProgressUpdate update)
    {
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }
}
