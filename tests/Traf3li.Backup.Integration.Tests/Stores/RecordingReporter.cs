using System.Collections.Concurrent;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>Keeps what the engine says.</summary>
internal sealed class RecordingReporter : IEngineReporter
{
    public ConcurrentQueue<string> Messages { get; } = new();

    public void Verbose(string message) => Messages.Enqueue(message);

    public void Warning(string message) => Messages.Enqueue(message);

    public void Progress(ProgressUpdate update)
    {
    }
}
