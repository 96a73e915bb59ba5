namespace Traf3li.Backup.Testing;

/// <summary>Does something once, in the middle of the work: at the first report of progress at which something holds.</summary>
/// <param name="isTime">What has to hold; asked at each report, which holds the work back meanwhile.</param>
/// <param name="act">What is done, such as what Ctrl+C does; the work waits for it.</param>
public sealed class ActWhen(Func<ProgressUpdate, bool> isTime, Action act) : IEngineReporter
{
    private readonly Lock _lock = new();

    /// <summary>Whether it was done.</summary>
    public bool IsDone { get; private set; }

    /// <inheritdoc />
    public void Verbose(string message)
    {
    }

    /// <inheritdoc />
    public void Warning(string message)
    {
    }

    /// <inheritdoc />
    public void Progress(ProgressUpdate update)
    {
        lock (_lock)
        {
            if (!IsDone && !update.Completed && isTime(update))
            {
                IsDone = true;
                act();
            }
        }
    }
}
