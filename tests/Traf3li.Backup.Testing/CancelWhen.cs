namespace Traf3li.Backup.Testing;

/// <summary>Cancels, as Ctrl+C does, at the first report of progress at which something holds.</summary>
/// <param name="isTime">What has to hold; asked at each report, which holds the work back meanwhile.</param>
/// <param name="stop">What is cancelled.</param>
public sealed class CancelWhen(Func<ProgressUpdate, bool> isTime, CancellationTokenSource stop) : IEngineReporter
{
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
        if (!update.Completed && !stop.IsCancellationRequested && isTime(update))
        {
            stop.Cancel();
        }
    }
}
